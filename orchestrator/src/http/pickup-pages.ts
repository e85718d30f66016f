/** Sends pages of ours: a visit's, the one for an address that leads nowhere, the one for typing a code. Rules P1, P9, P12. */
import type { Language } from '@fanreel/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PickupAssets } from '../pickup/assets.ts'
import { chosenLanguage, type Speak, speakTo } from '../pickup/language-choice.ts'
import { type LinkPreview, pageOf } from '../pickup/page.ts'
import type { Found, PickupDesk } from '../pickup/pickup-desk.ts'
import { type PickupFacts, type Stage, stageOf } from '../pickup/stage.ts'
import { wordsOf } from '../pickup/words/words-of.ts'
import type { Metrics } from './metrics.ts'

export type PickupPages = {
  /** The page of a visit, or of a token that is not known. */
  send(reply: FastifyReply, found: Found): FastifyReply
  /** Any other stage, e.g. the one for typing a code. `facts.path` is its own path. */
  sendStage(reply: FastifyReply, facts: Pick<PickupFacts, 'language' | 'path' | 'query' | 'backdrop'>, stage: Stage): FastifyReply
  /** There is nothing at this address. The status is set by whoever calls. */
  sendWrongTurn(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
}

/** How to speak to whoever sent a request. */
export const speakOf = (request: FastifyRequest): Speak => speakTo(request.query, request.headers['accept-language'])
/** The language that was chosen on the page, for the addresses on it. */
export const queryOf = (request: FastifyRequest): string => {
  const chosen = chosenLanguage(request.query)
  return chosen === undefined ? '' : `?lang=${chosen}`
}

const WRONG_TURN = 'no-such-page'

export const createPickupPages = (options: {
  eventName: string
  publicUrl: string
  assets: PickupAssets
  desk: Pick<PickupDesk, 'anyBackdrop'>
  metrics: Metrics
}): PickupPages => {
  const { eventName, publicUrl, assets, desk, metrics } = options

  const sendHtml = (
    reply: FastifyReply,
    stage: Stage,
    facts: Pick<PickupFacts, 'language' | 'path' | 'query' | 'backdrop'>,
    preview: LinkPreview,
    worldTitle?: string,
  ): FastifyReply => {
    metrics.pickups.inc({ shown: stage.kind })
    const page = pageOf({ facts, stage, assets, eventName, preview, ...(worldTitle !== undefined && { worldTitle }) })
    // Neither kept nor found by anybody else (P9).
    return reply
      .header('cache-control', 'no-store')
      .header('x-robots-tag', 'noindex, nofollow')
      .header('vary', 'Accept-Language')
      .header('content-language', facts.language)
      .type('text/html; charset=utf-8')
      .send(page)
  }
  const sayingLittle = (path: string, language: Language): LinkPreview => ({
    url: publicUrl + path,
    title: eventName,
    description: wordsOf(language).aiNotice,
  })
  /** What a link to a visit shows of it: the film's cover when it is there, its world before, nothing of a visitor's name (P12). */
  const previewOf = ({ facts, world, visit }: Found, stage: Stage): LinkPreview => {
    const { language, kind, path, reel } = facts
    const words = wordsOf(language)
    const isReady = stage.kind === 'ready' && visit?.reel !== undefined && reel !== undefined
    const image = isReady
      ? { url: `${publicUrl}${path}/poster`, width: reel.width, height: reel.height }
      : world.poster !== undefined && { url: publicUrl + world.poster }
    return {
      url: publicUrl + path,
      title: isReady && world.title !== undefined ? `${world.title} · ${eventName}` : eventName,
      description: isReady ? words.aiNotice : words.kinds[kind].text,
      ...(image && { image }),
    }
  }
  const sendStage: PickupPages['sendStage'] = (reply, facts, stage) =>
    sendHtml(reply, stage, facts, sayingLittle(facts.path, facts.language))

  return {
    send(reply, found) {
      const stage = stageOf(found.facts)
      return sendHtml(reply, stage, found.facts, previewOf(found, stage), found.world.title)
    },
    sendStage,
    async sendWrongTurn(request, reply) {
      const backdrop = await desk.anyBackdrop()
      const facts: PickupFacts = {
        kind: WRONG_TURN,
        language: speakOf(request)(),
        path: '/code',
        query: queryOf(request),
        ...(backdrop !== undefined && { backdrop }),
      }
      return sendStage(reply, facts, stageOf(facts))
    },
  }
}
