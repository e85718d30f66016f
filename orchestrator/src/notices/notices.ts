/**
 * Tells phones that asked for it what became of a film. A subscription is sealed and lies in Redis until its visit has an
 * outcome, is over, or three days have gone; whichever instance takes it out sends it, so that nobody is told twice. A
 * message carries neither name nor token nor address: the phone knows by itself which page it belongs to. Rule P18.
 */
import { createHash } from 'node:crypto'
import { type EventId, type Language, type Refusal, refuse, type VisitId, type VisitState } from '@fanreel/protocol'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Sealer } from '../access/contract.ts'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import type { Visit } from '../visits/visit.ts'
import { encryptFor, type PushKeys, vapidHeader } from './push-message.ts'
import { isPushService, PushSubscription } from './push-services.ts'

export type Notices = {
  /** Keeps a subscription for a visit; where the outcome is there already, it is told at once. */
  ask(visit: Visit, subscription: PushSubscription, language: Language): Promise<Refusal | undefined>
  /** A visit was changed: where it has come to an outcome, whoever asked is told, once for each that it comes to. */
  heard(visit: Pick<Visit, 'visitId' | 'state'>): Promise<void>
  /** The visit may have an outcome: whoever asked is told. */
  tell(visit: Pick<Visit, 'visitId' | 'state'>): Promise<void>
  /** Drops what is kept for a visit. */
  clear(visitId: VisitId): Promise<void>
  /** Finds what was missed: outcomes during an outage, messages that a push service would not take then. */
  sweep(): Promise<void>
}

/** What a notice says, in the language of whoever asked. */
export type NoticeWords = (language: Language, state: VisitState) => { title: string; text: string; direction: 'ltr' | 'rtl' }

const Kept = z.object({ subscription: PushSubscription, language: z.string(), tries: z.number().int() })
type Kept = z.infer<typeof Kept>

/** States that end a wait. */
const OUTCOMES: ReadonlySet<VisitState> = new Set(['ready', 'failed', 'rejected'])
/** A phone and a few it was shown to. */
const MOST_OF_ONE_VISIT = 4
const KEPT_SECONDS = 3 * 86_400
/** How long a push service keeps a message for a phone that is off. */
const TTL_SECONDS = 12 * 3_600
const SEND_MS = 10_000
const MOST_TRIES = 5
/** Outcomes that are remembered: more than come between two changes of one visit. */
const MOST_HEARD_OF = 1_000
/** Of the visits that wait, so many are read at once. */
const BATCH = 500

export const createNotices = (options: {
  redis: Pick<Redis, 'call'>
  eventId: EventId
  visits: (visitIds: readonly VisitId[]) => Promise<Visit[]>
  sealer: Sealer
  keys: PushKeys
  /** Origins of the push services that are believed. */
  services: readonly string[]
  /** Whom a push service may write to. */
  subject: string
  words: NoticeWords
  clock: Clock
  log: Logger
}): Notices => {
  const { redis, eventId, visits, sealer, keys, services, subject, words, clock, log } = options
  const waiting = eventKey(eventId, 'notices')
  const placeOf = (visitId: VisitId) => eventKey(eventId, 'notices', visitId)
  const nameOf = ({ endpoint }: PushSubscription) => createHash('sha256').update(endpoint).digest('hex')
  const about = (visitId: VisitId) => `${visitId}:notice`

  const keep = async (visitId: VisitId, kept: Kept): Promise<void> => {
    const place = placeOf(visitId)
    const sealed = sealer.seal(JSON.stringify(kept), about(visitId))
    await redis.call((client) =>
      client.multi().hSet(place, nameOf(kept.subscription), sealed).expire(place, KEPT_SECONDS).sAdd(waiting, visitId).exec(),
    )
  }
  /** Takes everything of a visit out in one step: of two instances one gets it. */
  const take = async (visitId: VisitId): Promise<Kept[]> => {
    const [found] = await redis.call((client) =>
      client.multi().hGetAll(placeOf(visitId)).del(placeOf(visitId)).sRem(waiting, visitId).exec(),
    )
    return Object.values(found as unknown as Record<string, string>).map((sealed) =>
      Kept.parse(JSON.parse(sealer.open(sealed, about(visitId)))),
    )
  }

  /** Whether it may be tried again later. */
  const send = async ({ subscription, language }: Kept, state: VisitState): Promise<'sent' | 'gone' | 'later'> => {
    const { endpoint } = subscription
    const said = { ...words(language as Language, state), language }
    try {
      const answer = await fetch(endpoint, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(SEND_MS),
        headers: {
          authorization: vapidHeader(keys, endpoint, subject, clock.now()),
          'content-encoding': 'aes128gcm',
          'content-type': 'application/octet-stream',
          ttl: String(TTL_SECONDS),
          urgency: 'high',
        },
        body: new Uint8Array(encryptFor(subscription.keys, Buffer.from(JSON.stringify(said)))),
      })
      await answer.body?.cancel()
      if (answer.ok) return 'sent'
      return answer.status === 429 || answer.status >= 500 ? 'later' : 'gone'
    } catch {
      // No network, no answer in time: a venue's line may come back. What failed is no more than a notice.
      return 'later'
    }
  }

  const tell = async ({ visitId, state }: Pick<Visit, 'visitId' | 'state'>): Promise<void> => {
    if (!OUTCOMES.has(state)) return
    for (const kept of await take(visitId)) {
      const outcome = await send(kept, state)
      const tries = kept.tries + 1
      if (outcome === 'later' && tries < MOST_TRIES) await keep(visitId, { ...kept, tries })
      log.info({ visitId, outcome, tries }, 'notice')
    }
  }
  const clear = async (visitId: VisitId): Promise<void> => {
    await redis.call((client) => client.multi().del(placeOf(visitId)).sRem(waiting, visitId).exec())
  }

  /** The outcome each visit was last heard to have: a ready visit changes once more when its clip is gone. */
  const heardOf = new Map<VisitId, VisitState>()

  return {
    async heard(visit) {
      const { visitId, state } = visit
      const before = heardOf.get(visitId)
      heardOf.delete(visitId)
      if (!OUTCOMES.has(state)) return
      heardOf.set(visitId, state)
      const [oldest] = heardOf.keys()
      if (heardOf.size > MOST_HEARD_OF && oldest !== undefined) heardOf.delete(oldest)
      // What this misses the sweep finds.
      if (before !== state) await tell(visit)
    },
    async ask({ visitId, state }, subscription, language) {
      if (!isPushService(subscription.endpoint, services)) return refuse('bad-message')
      const known = await redis.call((client) => client.hKeys(placeOf(visitId)))
      if (known.length >= MOST_OF_ONE_VISIT && !known.includes(nameOf(subscription))) return refuse('overloaded')
      await keep(visitId, { subscription, language, tries: 0 })
      await tell({ visitId, state })
      return undefined
    },
    tell,
    clear,
    async sweep() {
      const all = await redis.call((client) => client.sMembers(waiting))
      for (let from = 0; from < all.length; from += BATCH) {
        const visitIds = all.slice(from, from + BATCH)
        const known = new Map((await visits(visitIds)).map((visit) => [visit.visitId, visit]))
        for (const visitId of visitIds) {
          const visit = known.get(visitId)
          const there = await redis.call((client) => client.exists(placeOf(visitId)))
          if (!visit || there === 0) await clear(visitId)
          else await tell(visit).catch((error: unknown) => log.warn({ visitId, code: refusalOf(error).code }, 'notice waits'))
        }
      }
    },
  }
}
