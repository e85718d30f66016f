/**
 * An event's own look, on kiosks and phones alike: logo, colours and a picture behind the screens, from a file and without
 * code. A colour that could not be read is not used: our own stays in that place, and why is said. So it is with every field that is
 * not what it should be: it alone is left out.
 */
import { z } from 'zod'
import { contrastOf, LEAST_CONTRAST } from './contrast.ts'
import { PLAIN_TEXT } from './visit.ts'

const Colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'a colour is written #rrggbb')
const picture = (endings: string) =>
  z.string().regex(new RegExp(`^[\\w-]{1,60}\\.(${endings})$`, 'i'), `a file beside brand.json: ${endings}`)

/** `brand.json`, as an integrator writes it. */
export const BrandFile = z.strictObject({
  /** What the logo says, for whoever cannot see it. */
  name: z.string().min(1).max(80).regex(PLAIN_TEXT, 'a name holds no control or direction marks'),
  logo: picture('svg|png|webp').optional(),
  /** Stands behind the screens, darkened; of a portrait kiosk's shape or larger. */
  background: picture('jpg|jpeg|png|webp').optional(),
  colours: z
    .strictObject({
      /** Behind everything. */
      ground: Colour,
      text: Colour,
      /** Of what is to be touched, and of what matters most; runs into `accentEnd`. */
      accent: Colour,
      accentEnd: Colour,
      /** Of small headings and of what is chosen. */
      light: Colour,
    })
    .partial()
    .default({}),
})
export type BrandFile = z.infer<typeof BrandFile>
type ColourName = keyof BrandFile['colours']
export type Colours = Record<ColourName, string>

export const OWN_COLOURS: Colours = {
  ground: '#04060e',
  text: '#eef6ff',
  accent: '#ffcb52',
  accentEnd: '#ff9d2e',
  light: '#57d4ff',
}

export const Brand = z.object({
  name: z.string(),
  logo: z.string().optional(),
  background: z.string().optional(),
  colours: z.record(z.enum(['ground', 'text', 'accent', 'accentEnd', 'light', 'onAccent']), Colour),
  /** Each part that is not used, and why, in words for the person who set it. */
  refused: z.array(z.string()),
})
export type Brand = z.infer<typeof Brand>

const INKS = ['#1b1002', '#ffffff']
/** The ink that reads best on both ends of the accent. */
const inkOn = ({ accent, accentEnd }: Colours) => {
  const worst = (ink: string) => Math.min(contrastOf(ink, accent), contrastOf(ink, accentEnd))
  const [ink = '#1b1002'] = [...INKS].sort((a, b) => worst(b) - worst(a))
  return { ink, contrast: worst(ink) }
}

/** The brand as it is shown. Text is tried on the ground first, then each colour on what is left of the others. */
export const brandOf = ({ name, logo, background, colours: wished }: BrandFile): Brand => {
  const colours = Object.fromEntries(
    Object.entries(OWN_COLOURS).map(([name, own]) => [name, wished[name as ColourName] ?? own]),
  ) as Colours
  const refused: string[] = []
  const isWished = (names: ColourName[]) => names.some((one) => wished[one] !== undefined)
  const keepOwn = (names: ColourName[], contrast: number, on: string) => {
    if (contrast >= LEAST_CONTRAST || !isWished(names)) return
    const which = names.map((one) => `${one} ${colours[one]}`).join(' and ')
    refused.push(`${which}: ${contrast.toFixed(1)}:1 ${on}, at least ${LEAST_CONTRAST}:1 is needed; our own is shown`)
    for (const one of names) colours[one] = OWN_COLOURS[one]
  }
  keepOwn(['text', 'ground'], contrastOf(colours.text, colours.ground), 'on each other')
  const accent = () => Math.min(contrastOf(colours.accent, colours.ground), contrastOf(colours.accentEnd, colours.ground))
  keepOwn(['accent', 'accentEnd'], accent(), `on the ground ${colours.ground}`)
  keepOwn(['accent', 'accentEnd'], inkOn(colours).contrast, 'under words in black or white')
  keepOwn(['light'], contrastOf(colours.light, colours.ground), `on the ground ${colours.ground}`)
  // A ground that leaves the kiosk's own colours unread is worth less than all of them.
  if (accent() < LEAST_CONTRAST || contrastOf(colours.light, colours.ground) < LEAST_CONTRAST) {
    refused.push(`ground ${colours.ground}: our own colours cannot be read on it; set accent, accentEnd and light too`)
    Object.assign(colours, OWN_COLOURS)
  }
  return {
    name,
    ...(logo && { logo }),
    ...(background && { background }),
    colours: { ...colours, onAccent: inkOn(colours).ink },
    refused,
  }
}

/** What an event is called whose brand does not say. */
const OWN_NAME = 'Fanreel'
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields of `value` that are as `shape` wants them; each other one is named in `refused`, and left out. */
const fieldsOf = (value: unknown, shape: Record<string, z.ZodType>, at: string, refused: string[]): Record<string, unknown> => {
  if (!isRecord(value)) {
    refused.push(`${at || 'brand.json'}: not an object`)
    return {}
  }
  for (const name of Object.keys(value)) if (!Object.hasOwn(shape, name)) refused.push(`${at && `${at}.`}${name}: no such field`)
  const taken = Object.entries(shape).flatMap(([name, field]) => {
    if (!Object.hasOwn(value, name)) return []
    const parsed = field.safeParse(value[name])
    if (parsed.success) return [[name, value[name]]]
    refused.push(`${at && `${at}.`}${name}: ${parsed.error.issues.map(({ message }) => message).join(', ')}`)
    return []
  })
  return Object.fromEntries(taken)
}

/** The brand that a `brand.json` describes, parsed or not: whatever of it is malformed is left out, and said. Never throws. */
export const brandFrom = (written: unknown): Brand => {
  const refused: string[] = []
  const { colours: wished, ...shape } = BrandFile.shape
  const { colours = {}, ...rest } = fieldsOf(written, { ...shape, colours: z.unknown() }, '', refused)
  const read = BrandFile.safeParse({
    name: OWN_NAME,
    ...rest,
    colours: fieldsOf(colours, wished.unwrap().shape, 'colours', refused),
  })
  if (isRecord(written) && !Object.hasOwn(written, 'name')) refused.push(`name: missing, ${OWN_NAME} is shown`)
  const brand = brandOf(read.success ? read.data : { name: OWN_NAME, colours: {} })
  return { ...brand, refused: [...refused, ...brand.refused] }
}
