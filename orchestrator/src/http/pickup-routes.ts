/**
 * `/v/<token>`: the page a QR code opens, its news, its film. Every answer to GET and HEAD leaves everything as it was;
 * only a DELETE, or a POST of the page's own forms, changes anything (P8).
 */

import { PickupToken } from '@fanreel/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import type { Notices } from '../notices/notices.ts'
import type { PickupAssets } from '../pickup/assets.ts'
import { inAppOf, wayOutOf } from '../pickup/in-app.ts'
import { type Asked, type Found, type PickupDesk, pickupPath } from '../pickup/pickup-desk.ts'
import type { PickupKind } from '../pickup/pickup-kind.ts'
import { type Stage, stageOf } from '../pickup/stage.ts'
import { permitsPickup } from '../privacy/consent.ts'
import { pickupHashOf } from '../visits/pickup-hash.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { Visits } from '../visits/visits.ts'
import { registerFilmRoutes } from './film-routes.ts'
import { registerNoticeRoutes } from './notice-routes.ts'
import { sendAsset } from './packed.ts'
import { type PickupPages, queryOf, speakOf } from './pickup-pages.ts'
import type { PickupStreams } from './pickup-stream.ts'

/**
 * Tokens nobody knows, from one address, in a minute. A whole venue's phones may wait behind one address, so what is above
 * gets its page all the same (P10) and is only asked to come back less often; a guesser is stopped by the token's 128 bits.
 */
const MAX_UNKNOWN_A_MINUTE = 600
const RETRY_AFTER_SECONDS = '20'

/** What had a film and will have none again: gone (410), not merely not there (404). */
const WAS_THERE: ReadonlySet<PickupKind> = new Set(['expired', 'deleted'])

/** The token in the address; a person who types it may use small letters. */
const tokenIn = (request: FastifyRequest): PickupToken | undefined => {
  const { token } = request.params as { token: string }
  return PickupToken.safeParse(token.toUpperCase()).data
}

export const registerPickupRoutes = (
  app: FastifyInstance,
  options: {
    media: MediaStore
    visits: Visits
    desk: PickupDesk
    pages: PickupPages
    assets: PickupAssets
    streams: PickupStreams
    /** What phones reach, without a closing slash. */
    publicUrl: string
    /** Absent where phones are not told. */
    notices?: Pick<Notices, 'ask'>
  },
): void => {
  const { media, visits, desk, pages, assets, streams, publicUrl, notices } = options
  const unknownRate = app.createRateLimit({ max: MAX_UNKNOWN_A_MINUTE, timeWindow: 60_000 })

  const askedBy = (request: FastifyRequest, token: PickupToken): Asked => {
    const [query, inApp] = [queryOf(request), inAppOf(request.headers['user-agent'])]
    const wayOut = inApp && wayOutOf(inApp, publicUrl + pickupPath(token) + query)
    return { token, speak: speakOf(request), query, ...(inApp && { inApp: wayOut === undefined ? {} : { wayOut } }) }
  }
  const find = async (request: FastifyRequest, reply: FastifyReply, token: PickupToken): Promise<Found> => {
    const found = await desk.find(askedBy(request, token))
    if (!found.visit && found.facts.kind === 'not-here-yet') {
      const limit = await unknownRate(request)
      if (!limit.isAllowed && limit.isExceeded) reply.header('retry-after', RETRY_AFTER_SECONDS)
    }
    return found
  }
  const visitOf = async (request: FastifyRequest): Promise<Visit> => {
    const token = tokenIn(request)
    const visit = token && (await visits.byPickup(pickupHashOf(token)))
    if (!visit) throw new AppError('visit-unknown')
    return visit
  }
  const sendAway = (reply: FastifyReply): FastifyReply => reply.code(503).header('retry-after', '5')

  app.get('/v/assets/:name', (request, reply) => {
    const asset = assets.files.get((request.params as { name: string }).name)
    if (!asset) throw new AppError('object-unknown')
    return sendAsset(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), asset)
  })

  app.get('/v/worker.js', (request, reply) => sendAsset(request, reply.header('cache-control', 'no-cache'), assets.worker))

  app.get('/v/:token', async (request, reply) => {
    const token = tokenIn(request)
    if (!token) return pages.sendWrongTurn(request, reply.code(404))
    const found = await find(request, reply, token)
    if (found.facts.kind === 'unavailable') sendAway(reply)
    return pages.send(request, reply, found)
  })
  // Whatever else somebody made of the address; a scanner may add a slash.
  app.get('/v/:token/', (request, reply) => {
    const token = tokenIn(request)
    return token ? reply.code(308).header('location', pickupPath(token)).send() : pages.sendWrongTurn(request, reply.code(404))
  })
  for (const url of ['/v', '/v/*']) {
    app.get(url, (request, reply) => pages.sendWrongTurn(request, reply.code(404)))
  }

  app.get('/v/:token/state', async (request, reply) => {
    const token = tokenIn(request)
    if (!token) throw new AppError('visit-unknown')
    const { facts } = await find(request, reply, token)
    return reply.header('cache-control', 'no-store').send(stageOf(facts))
  })

  // No HEAD: a stream has no end that a robot's look could wait for.
  app.get('/v/:token/events', { exposeHeadRoute: false }, async (request, reply) => {
    const token = tokenIn(request)
    if (!token) throw new AppError('visit-unknown')
    const { facts, visit } = await find(request, reply, token)
    // 204 tells an EventSource not to come back: such a page asks now and then.
    if (!visit) return reply.code(204).send()
    if (!permitsPickup(visit)) throw new AppError('consent-missing')
    const stream = streams.open(token, reply)
    if (!stream) throw new AppError('overloaded')
    const asked = askedBy(request, token)
    let told = ''
    const tell = (stage: Stage) => {
      const text = JSON.stringify(stage)
      if (text !== told) stream.send('news', text)
      told = text
      if (!stage.live) stream.end()
    }
    /** One after the other, so that an older look never overtakes a newer one. */
    let turn: Promise<unknown> = Promise.resolve()
    const stop = visits.watch(visit.visitId, (view) => {
      turn = turn
        .then(async () => {
          // What stands in the visit alone: the film that has come, or what went with it.
          const newest = view.state === visit.state ? visit : await visits.get(visit.visitId)
          if (newest) tell(stageOf((await desk.factsOf(newest, view, asked)).facts))
        })
        .catch(() => stream.end())
    })
    stream.onEnd(stop)
    tell(stageOf(facts))
    return reply
  })

  registerFilmRoutes(app, {
    media,
    desk,
    visitOf,
    async sendPage(request, reply) {
      const token = tokenIn(request)
      if (!token) return pages.sendWrongTurn(request, reply.code(404))
      const found = await find(request, reply, token)
      if (found.facts.kind === 'unavailable') return pages.send(request, sendAway(reply), found)
      return pages.send(request, reply.code(WAS_THERE.has(found.facts.kind) ? 410 : 404), found)
    },
  })
  if (notices) registerNoticeRoutes(app, { notices, visitOf })

  /** Answered when everything is gone, as often as it is asked (P7). */
  const erase = async (request: FastifyRequest): Promise<void> => {
    const { visitId } = await visitOf(request)
    const result = await visits.remove(visitId)
    if (isRefusal(result)) throw new AppError(result.code)
  }
  app.delete('/v/:token', async (request, reply) => {
    await erase(request)
    return reply.code(204).send()
  })
  app.post('/v/:token/delete', async (request, reply) => {
    const token = tokenIn(request)
    if (!token) return pages.sendWrongTurn(request, reply.code(404))
    try {
      await erase(request)
    } catch (error) {
      // A person stands before this page: they are told in words, and may ask again.
      if (!(error instanceof AppError) || (error.code !== 'visit-unknown' && error.code !== 'unavailable')) throw error
      const found = await desk.find(askedBy(request, token))
      return pages.send(request, error.code === 'unavailable' ? sendAway(reply) : reply.code(404), found)
    }
    return reply
      .code(303)
      .header('location', pickupPath(token) + queryOf(request))
      .send()
  })
  // The form's body says nothing: there is nothing in it to read.
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) => {
    payload.resume()
    payload.once('end', () => done(null, undefined))
  })
}
