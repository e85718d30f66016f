/** Sends pages of ours: a visit's, the one for an address that leads nowhere, the one for typing a code. Rules P1, P9, P12. */
import type { Language } from '@fanreel/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PickupAssets } from '../pickup/assets.ts'
import { chosenLanguage, type Speak, speakTo } from '../pickup/language-choice.ts'
import { type LinkPreview, pageOf } from '../pickup/page.ts'
import type { Found, PickupDesk } from '../pickup/pickup-desk.ts'
import { type PickupFacts, type Stage, stageOf } from '../pickup/stage.ts'
import { wordsOf } from '../pickup/words/words-of.ts'
import { pagePolicy } from './headers.ts'
import type { Metrics } from './metrics.ts'
import { sendPacked } from './packed.ts'

type PageFacts = Pick<PickupFacts, 'language' | 'path' | 'query' | 'backdrop'>

export type PickupPages = {
  /** The page of a visit, or of a token that is not known. */
  send(request: FastifyRequest, reply: FastifyReply, found: Found): Promise<FastifyReply>
  /** Any other stage, e.g. the one for typing a code. `facts.path` is its own path. */
  sendStage(request: FastifyRequest, reply: FastifyReply, facts: PageFacts, stage: Stage): Promise<FastifyReply>
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
/** An address of ours that leads nowhere, as it may stand in a link to itself in another language. */
const STRAY = /^\/v(?:\/[\w%.~-]*)*$/

export const createPickupPages = (options: {
  eventName: string
  publicUrl: string
  assets: PickupAssets
  desk: Pick<PickupDesk, 'anyBackdrop'>
  metrics: Metrics
}): PickupPages => {
  const { eventName, publicUrl, assets, desk, metrics } = options
  const policy = pagePolicy(assets.style.sha256)

  const sendHtml = (
    request: FastifyRequest,
    reply: FastifyReply,
    { stage, facts, preview, worldTitle }: { stage: Stage; facts: PageFacts; preview: LinkPreview; worldTitle?: string },
  ): Promise<FastifyReply> => {
    metrics.pickups.inc({ shown: stage.kind })
    const page = pageOf({ facts, stage, assets, eventName, preview, ...(worldTitle !== undefined && { worldTitle }) })
    // Neither kept nor found by anybody else (P9); another policy than the kiosk's page has (A9).
    reply
      .header('content-security-policy', policy)
      .header('cache-control', 'no-store')
      .header('x-robots-tag', 'noindex, nofollow')
      .header('vary', 'Accept-Language, Accept-Encoding')
      .header('content-language', facts.language)
      .type('text/html; charset=utf-8')
    return sendPacked(request, reply, page)
  }
  const sayingLittle = (path: string, language: Language): LinkPreview => ({
    url: publicUrl + path,
    title: eventName,
    description: wordsOf(language).aiNoticeOfAll,
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
  const sendStage: PickupPages['sendStage'] = (request, reply, facts, stage) =>
    sendHtml(request, reply, { stage, facts, preview: sayingLittle(facts.path, facts.language) })

  return {
    send(request, reply, found) {
      const { facts, world } = found
      const stage = stageOf(facts)
      const { title } = world
      const preview = previewOf(found, stage)
      return sendHtml(request, reply, { stage, facts, preview, ...(title !== undefined && { worldTitle: title }) })
    },
    sendStage,
    async sendWrongTurn(request, reply) {
      const backdrop = await desk.anyBackdrop()
      const facts: PickupFacts = {
        kind: WRONG_TURN,
        language: speakOf(request)(),
        path: STRAY.exec(request.url.split('?')[0] ?? '')?.[0] ?? '/code',
        query: queryOf(request),
        ...(backdrop !== undefined && { backdrop }),
      }
      return sendStage(request, reply, facts, stageOf(facts))
    },
  }
}
