/** `/v/<token>/reel`, `/poster` and `/captions.vtt`: a film as phones want it, in whole or in parts, to look at or to keep. Rules P6, P20, E1. */
import { type Code, ShotList } from '@fanreel/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import { readWhole } from '../media/read-whole.ts'
import { captionsOf } from '../pickup/captions.ts'
import { attachment } from '../pickup/film-name.ts'
import type { PickupDesk } from '../pickup/pickup-desk.ts'
import { permitsPickup } from '../privacy/consent.ts'
import type { Visit } from '../visits/visit.ts'
import { speakOf } from './pickup-pages.ts'
import { sendObject } from './send-object.ts'

/** Kept by the phone, but asked for again each time: a deleted film plays nowhere. */
const cacheControl = 'private, no-cache'

const NOT_GIVEN_OUT: ReadonlySet<Code> = new Set(['object-unknown', 'visit-unknown', 'consent-missing'])
/** Whether a browser wants to show the answer as a page: it asks so for a link, and for no film, picture or fetch. */
const isFollowed = (request: FastifyRequest): boolean => request.headers.accept?.includes('text/html') ?? false

export const registerFilmRoutes = (
  app: FastifyInstance,
  options: {
    media: MediaStore
    desk: Pick<PickupDesk, 'nameOf' | 'hasSound'>
    /** @throws AppError `visit-unknown` */
    visitOf: (request: FastifyRequest) => Promise<Visit>
    /** Sends the page of whatever the token is about instead. */
    sendPage: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
  },
): void => {
  const { media, desk, visitOf, sendPage } = options

  /** The visit behind a token while its film is there and the visitor agrees to it (E1). @throws AppError */
  const readyOf = async (request: FastifyRequest) => {
    const visit = await visitOf(request)
    if (visit.state !== 'ready' || !visit.reel) throw new AppError('object-unknown')
    if (!permitsPickup(visit)) throw new AppError('consent-missing')
    return { visit, reel: visit.reel }
  }

  app.route({
    method: ['GET', 'HEAD'],
    url: '/v/:token/reel',
    async handler(request, reply) {
      // A person who follows a link to a film that is not given out gets words; a player gets a code.
      const ready = await readyOf(request).catch((error: unknown) => {
        if (error instanceof AppError && NOT_GIVEN_OUT.has(error.code) && isFollowed(request)) return undefined
        throw error
      })
      if (!ready) return sendPage(request, reply)
      const { visit, reel } = ready
      const { download } = request.query as { download?: string }
      return sendObject(media, request, reply, {
        key: reel.key,
        sha256: reel.sha256,
        mime: 'video/mp4',
        cacheControl,
        ...(download !== undefined && { disposition: attachment(await desk.nameOf(visit), `fanreel-${visit.packId}.mp4`) }),
      })
    },
  })

  app.route({
    method: ['GET', 'HEAD'],
    url: '/v/:token/captions.vtt',
    async handler(request, reply) {
      const { visit, reel } = await readyOf(request)
      const text = (await readWhole(media, reel.shotList.key)).toString('utf8')
      const [shotList, cheers] = [ShotList.parse(JSON.parse(text)), await desk.hasSound(visit, 'cheer')]
      return reply
        .header('cache-control', cacheControl)
        .type('text/vtt; charset=utf-8')
        .send(captionsOf(shotList, speakOf(request)(visit.language), cheers))
    },
  })

  app.route({
    method: ['GET', 'HEAD'],
    url: '/v/:token/poster',
    async handler(request, reply) {
      const { key, sha256 } = (await readyOf(request)).reel.poster
      return sendObject(media, request, reply, { key, sha256, mime: 'image/jpeg', cacheControl })
    },
  })
}
