/**
 * `/v/<token>`: the page a QR code opens, its news, its film. Every answer to GET and HEAD leaves everything as it was;
 * only a DELETE, or a POST of the page's own form, changes anything (P8).
 */

import { PickupToken } from '@fanreel/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import type { PickupAssets } from '../pickup/assets.ts'
import { languageFrom } from '../pickup/language-choice.ts'
import { type LinkPreview, pageOf } from '../pickup/page.ts'
import { type Found, type PickupDesk, pickupPath } from '../pickup/pickup-desk.ts'
import { type Stage, stageOf } from '../pickup/stage.ts'
import { wordsOf } from '../pickup/words/words-of.ts'
import { permitsPickup } from '../privacy/consent.ts'
import { pickupHashOf } from '../visits/pickup-hash.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { Visits } from '../visits/visits.ts'
import { pageHeaders } from './headers.ts'
import type { Metrics } from './metrics.ts'
import type { PickupStreams } from './pickup-stream.ts'
import { sendObject } from './send-object.ts'

/**
 * Tokens nobody knows, from one address, in a minute. A whole venue's phones may wait behind one address, so what is above
 * gets its page all the same (P10) and is only asked to come back less often; a guesser is stopped by the token's 128 bits.
 */
const MAX_UNKNOWN_A_MINUTE = 600
const RETRY_AFTER_SECONDS = '20'

/** The token in the address; a person who types it may use small letters. */
const tokenIn = (request: FastifyRequest): PickupToken | undefined => {
  const { token } = request.params as { token: string }
  return PickupToken.safeParse(token.toUpperCase()).data
}

export const registerPickupRoutes = (
  app: FastifyInstance,
  options: {
    eventName: string
    publicUrl: string
    media: MediaStore
    visits: Visits
    desk: PickupDesk
    assets: PickupAssets
    streams: PickupStreams
    metrics: Metrics
  },
): void => {
  const { eventName, publicUrl, media, visits, desk, assets, streams, metrics } = options
  const unknownRate = app.createRateLimit({ max: MAX_UNKNOWN_A_MINUTE, timeWindow: 60_000 })

  const previewOf = ({ facts, world, visit }: Found, stage: Stage): LinkPreview => {
    const words = wordsOf(facts.language)
    const ready = stage.kind === 'ready' && visit?.reel
    const picture = ready ? `${facts.path}/poster` : world.backdrop
    return {
      url: publicUrl + facts.path,
      title: ready && world.title !== undefined ? `${world.title} · ${eventName}` : eventName,
      description: ready ? words.aiNotice : words.kinds[facts.kind].text,
      ...(picture !== undefined && { image: { url: publicUrl + picture, width: 720, height: 1280 } }),
    }
  }
  const sendPage = (reply: FastifyReply, found: Found): FastifyReply => {
    const stage = stageOf(found.facts)
    const { facts, world } = found
    metrics.pickups.inc({ shown: stage.kind })
    const title = world.title
    // Neither kept nor found by anybody else (P9).
    return reply
      .header('cache-control', 'no-store')
      .header('x-robots-tag', 'noindex, nofollow')
      .header('vary', 'Accept-Language')
      .type('text/html; charset=utf-8')
      .send(
        pageOf({
          facts,
          stage,
          assets,
          eventName,
          preview: previewOf(found, stage),
          ...(title !== undefined && { worldTitle: title }),
        }),
      )
  }
  const wrongTurn = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const language = languageFrom(request.headers['accept-language'])
    return sendPage(reply.code(404), { facts: { kind: 'no-such-page', language, path: '/v/' }, world: {} })
  }
  const find = async (request: FastifyRequest, reply: FastifyReply, token: PickupToken): Promise<Found> => {
    const found = await desk.find({ token, language: languageFrom(request.headers['accept-language']) })
    if (!found.visit && found.facts.kind === 'not-here-yet') {
      const limit = await unknownRate(request)
      if (!limit.isAllowed && limit.isExceeded) reply.header('retry-after', RETRY_AFTER_SECONDS)
    }
    return found
  }
  /** The visit behind a token, for what only a known one has. @throws AppError `visit-unknown` */
  const visitOf = async (request: FastifyRequest): Promise<Visit> => {
    const token = tokenIn(request)
    const visit = token && (await visits.byPickup(pickupHashOf(token)))
    if (!visit) throw new AppError('visit-unknown')
    return visit
  }

  /** The finished reel behind a token, where the visitor has agreed to it (E1). @throws AppError */
  const reelOf = async (request: FastifyRequest) => {
    const visit = await visitOf(request)
    if (visit.state !== 'ready' || !visit.reel) throw new AppError('object-unknown')
    if (!permitsPickup(visit)) throw new AppError('consent-missing')
    return { reel: visit.reel, packId: visit.packId }
  }

  app.get('/v/assets/:name', (request, reply) => {
    const asset = assets.files.get((request.params as { name: string }).name)
    if (!asset) throw new AppError('object-unknown')
    return reply.header('cache-control', 'public, max-age=31536000, immutable').type(asset.mime).send(asset.bytes)
  })

  app.get('/v/:token', pageHeaders, async (request, reply) => {
    const token = tokenIn(request)
    if (!token) return wrongTurn(request, reply)
    const found = await find(request, reply, token)
    if (found.facts.kind === 'unavailable') reply.code(503).header('retry-after', '5')
    return sendPage(reply, found)
  })

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
          const newest = view.state === 'ready' ? await visits.get(visit.visitId) : visit
          if (newest) tell(stageOf((await desk.factsOf(newest, view, token)).facts))
        })
        .catch(() => stream.end())
    })
    stream.onEnd(stop)
    tell(stageOf(facts))
    return reply
  })

  app.route({
    method: ['GET', 'HEAD'],
    url: '/v/:token/reel',
    async handler(request, reply) {
      const { reel, packId } = await reelOf(request)
      const { download } = request.query as { download?: string }
      return sendObject(media, request, reply, {
        key: reel.key,
        sha256: reel.sha256,
        mime: 'video/mp4',
        // Kept by the phone, but asked for again each time: a deleted film plays nowhere.
        cacheControl: 'private, no-cache',
        ...(download !== undefined && { downloadAs: `fanreel-${packId}.mp4` }),
      })
    },
  })

  app.route({
    method: ['GET', 'HEAD'],
    url: '/v/:token/poster',
    async handler(request, reply) {
      const { key, sha256 } = (await reelOf(request)).reel.poster
      return sendObject(media, request, reply, { key, sha256, mime: 'image/jpeg', cacheControl: 'private, no-cache' })
    },
  })

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
    await erase(request)
    const token = tokenIn(request)
    return reply
      .code(303)
      .header('location', token ? pickupPath(token) : '/v/')
      .send()
  })
  // The form's body says nothing: there is nothing in it to read.
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) => {
    payload.resume()
    payload.once('end', () => done(null, undefined))
  })
}
