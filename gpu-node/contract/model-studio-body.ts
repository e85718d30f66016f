/** What Model Studio takes: the documented limits of a create's body, in both dialects (r2v-engines, section 1). */
import { z } from 'zod'

export const CreateBodySchema = z.looseObject({
  model: z.string(),
  input: z.looseObject({
    prompt: z.string().min(1),
    negative_prompt: z.string().optional(),
    reference_urls: z.array(z.string()).optional(),
    media: z.array(z.looseObject({ type: z.enum(['reference_image', 'reference_video']), url: z.string() })).optional(),
  }),
  parameters: z.looseObject({
    size: z.string().optional(),
    resolution: z.enum(['720P', '1080P']).optional(),
    ratio: z.string().optional(),
    duration: z.number().int().optional(),
    seed: z.number().int().min(0).max(2_147_483_647).optional(),
  }),
})
export type CreateBody = z.infer<typeof CreateBodySchema>

const SIZES = '1280*720 720*1280 960*960 1088*832 832*1088 1920*1080 1080*1920 1440*1440 1632*1248 1248*1632'.split(' ')
const isNew = ({ model }: CreateBody) => model.startsWith('wan2.7')

export const lengthOf = ({ parameters }: CreateBody): number => parameters.duration ?? 5
export const referencesOf = ({ input }: CreateBody): string[] => input.reference_urls ?? (input.media ?? []).map(({ url }) => url)

export const sizeOf = ({ parameters }: CreateBody): { width: number; height: number } => {
  const [width, height] = (parameters.size ?? '').split('*').map(Number)
  if (width && height) return { width, height }
  const side = parameters.resolution === '1080P' ? 1080 : 720
  const long = (side * 16) / 9
  return parameters.ratio === '9:16' ? { width: side, height: long } : { width: long, height: side }
}

/** What is wrong with a body, in the service's words; nothing where it is good. */
export const bodyFault = (body: CreateBody): string | undefined => {
  const { model, input, parameters } = body
  if (!/^wan2\.(6-r2v|6-r2v-flash|7-r2v)$/.test(model)) return 'Model not exist.'
  if (isNew(body) && !input.media) return 'Field required: input.media'
  if (!isNew(body) && !input.reference_urls) return 'Field required: input.reference_urls'
  const count = referencesOf(body).length
  if (count < 1 || count > 5) return 'The number of references is not supported'
  const most = isNew(body) ? 15 : 10
  if (lengthOf(body) < 2 || lengthOf(body) > most) return `duration must be between 2 and ${most}`
  if (!isNew(body) && parameters.size !== undefined && !SIZES.includes(parameters.size))
    return `The size is not match ${parameters.size}`
  return undefined
}
