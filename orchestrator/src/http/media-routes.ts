/**
 * `/media`: objects by signed address, read or written, and the files of packs, which anyone may read. What a node writes
 * is streamed to the store with its length and hash checked on the way. Rules A7, A12, P6.
 */
import { VisitId, type VisitState } from '@fanreel/protocol'
import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { z } from 'zod'
import type { UrlSignerAndChecker } from '../access/url-signer.ts'
import { AppError } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import { isObjectKey } from '../media/object-key.ts'
import { packKey } from '../packs/packs.ts'
import { gatherReads } from '../visits/gathered-reads.ts'
import type { Visit } from '../visits/visit.ts'
import { createAssetTypes, visitObjectType } from './content-type.ts'
import { sendObject } from './send-object.ts'

const KeyParams = z.object({ '*': z.string() })
const PackParams = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) })
const HASH_AT_END = /-([0-9a-f]{64})$/
/** Only a render that goes on may bring anything into a visit's folder. */
const TAKES_OBJECTS: ReadonlySet<VisitState> = new Set(['rendering'])

export const registerMediaRoutes = (
  app: FastifyInstance,
  options: {
    media: MediaStore
    signer: UrlSignerAndChecker
    /** Visits as they are now. */
    visitsNow: (visitIds: readonly VisitId[]) => Promise<Visit[]>
    /** A visit as it was a moment ago. */
    recentVisit: (visitId: string) => Promise<Visit | undefined>
  },
): void => {
  const { media, signer, recentVisit } = options
  const visitNow = gatherReads(options.visitsNow)
  const assetType = createAssetTypes(media)

  /** `event/visits/<visit>/renders|previews/<lease's folder>/<object>`: only the lease that holds the render now may write (L2). */
  const stillWanted = async (key: string, visitOf: (visitId: string) => Promise<Visit | undefined>): Promise<boolean> => {
    const [, , visitPart, , folder] = key.split('/')
    const visitId = VisitId.safeParse(visitPart)
    const visit = visitId.success ? await visitOf(visitId.data) : undefined
    return visit !== undefined && TAKES_OBJECTS.has(visit.state) && visit.render?.folders.at(-1) === folder
  }

  const plugin: FastifyPluginCallback = (routes, _options, done) => {
    // Bodies are streams here, whatever they say they are.
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload))

    routes.route({
      method: ['GET', 'HEAD'],
      url: '/media/packs/:sha256',
      async handler(request, reply) {
        const params = PackParams.safeParse(request.params)
        if (!params.success) throw new AppError('object-unknown')
        const { sha256 } = params.data
        const key = packKey(sha256)
        if (!(await media.stat(key))) throw new AppError('object-unknown')
        const cacheControl = 'public, max-age=31536000, immutable'
        return sendObject(media, request, reply, { key, sha256, mime: await assetType(key), cacheControl })
      },
    })

    routes.route({
      method: ['GET', 'HEAD'],
      url: '/media/*',
      handler(request, reply) {
        const key = KeyParams.parse(request.params)['*']
        if (!isObjectKey(key) || !signer.check(request.method, key, request.query)) throw new AppError('unauthorised')
        // A page shows a preview twice, small and large; everything else is fetched once.
        const cacheControl = key.includes('/previews/') ? 'private, max-age=300' : 'private, no-store'
        const sha256 = HASH_AT_END.exec(key)?.[1] ?? key
        return sendObject(media, request, reply, { key, sha256, mime: visitObjectType(key), cacheControl })
      },
    })

    routes.put('/media/*', async (request, reply) => {
      const key = KeyParams.parse(request.params)['*']
      const grant = isObjectKey(key) ? signer.check('PUT', key, request.query) : undefined
      if (grant?.method !== 'PUT') throw new AppError('unauthorised')
      const declared = request.headers['content-length']
      if (declared !== undefined && Number(declared) !== grant.bytes) throw new AppError('length-mismatch')
      // A render that has only just been taken is remembered as it was before.
      if (!(await stillWanted(key, recentVisit)) && !(await stillWanted(key, visitNow))) throw new AppError('render-cancelled')
      await media.put(key, request.raw, { bytes: grant.bytes, sha256: grant.sha256 })
      // The visit may have been deleted while the bytes came: nothing of it may stay behind.
      if (!(await stillWanted(key, visitNow))) {
        await media.remove(key)
        throw new AppError('render-cancelled')
      }
      return reply.code(201).send({ ok: true })
    })
    done()
  }
  app.register(plugin)
}
