/**
 * Short codes: a second way to a pickup page, for whoever's phone cannot scan. A code is drawn from the visit's id with a
 * key of the event's, so that nothing need be kept to say it again; what Redis keeps is a keyed hash of it, which leads to
 * the visit and not to the token, for a few hours. Guessing is stopped by counting wrong tries. Rule A15.
 */
import { createHmac } from 'node:crypto'
import { type EventId, PICKUP_CODE_CHARACTERS, PickupCode, type VisitId } from '@fanreel/protocol'
import type { Clock } from '../clock.ts'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import { deriveKey } from './event-keys.ts'

export type CodeAnswer = VisitId | 'wrong' | 'too-many'

export type ShortCodes = {
  /** The code of a visit, the same whenever it is asked for; undefined once its time is over. */
  codeOf(visit: { visitId: VisitId; createdAt: number }): Promise<{ code: PickupCode; goodUntil: number } | undefined>
  /** The visit behind what somebody typed. Counts wrong tries of their network and of all together, on every instance. */
  find(typed: string, network: string): Promise<CodeAnswer>
}

const LENGTH = 8
/** How often another code is drawn where one is taken: two at once happen once in a thousand million visits. */
const DRAWS = 4
const MINUTE_MS = 60_000
/** How long a wrong try is remembered of a network, in milliseconds. */
const WRONG_MS = 60 * MINUTE_MS

/** Reads what a person typed: any case, with or without a hyphen, full-width letters of an East Asian keyboard too. */
export const codeIn = (typed: string): PickupCode | undefined => {
  const text = typed
    .slice(0, 64)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}._]+/gu, '')
  return PickupCode.safeParse(text).data
}

export const createShortCodes = (options: {
  redis: Pick<Redis, 'call'>
  eventId: EventId
  /** The event's key: 64 hex digits. */
  eventKeyHex: string
  lifetimeMs: number
  /**
   * Wrong tries a minute: of one network; of all networks that tried a wrong one within the hour; and of all together, first
   * tries too. Who has tried nothing wrong is turned away by the last alone, which takes so many networks, not so many tries.
   */
  tries: { ofOne: number; ofAll: number; atMost: number }
  clock: Clock
}): ShortCodes => {
  const { redis, eventId, eventKeyHex, lifetimeMs, tries, clock } = options
  const secret = deriveKey(eventKeyHex, 'short-codes')
  const digest = (what: 'draw' | 'place' | 'network', text: string) =>
    createHmac('sha256', secret).update(`${what}:${text}`).digest()

  /** 128 bits taken apart in base 21: each character as likely as the next, to one part in 10^27. */
  const draw = (visitId: VisitId, number: number): PickupCode => {
    let rest = BigInt(`0x${digest('draw', `${visitId}:${number}`).toString('hex').slice(0, 32)}`)
    const base = BigInt(PICKUP_CODE_CHARACTERS.length)
    return Array.from({ length: LENGTH }, () => {
      const character = PICKUP_CODE_CHARACTERS[Number(rest % base)] ?? ''
      rest /= base
      return character
    }).join('')
  }
  const placeOf = (code: PickupCode) => eventKey(eventId, 'code', digest('place', code).toString('hex'))

  /** Counters of this minute, and who tried a wrong code. Networks are kept as keyed hashes, and for an hour at most. */
  const countersOf = (network: string) => {
    const minute = Math.floor(clock.now() / MINUTE_MS)
    const one = digest('network', network).toString('hex').slice(0, 32)
    return {
      one: eventKey(eventId, 'code-tries', String(minute), one),
      again: eventKey(eventId, 'code-tries', String(minute), 'again'),
      all: eventKey(eventId, 'code-tries', String(minute)),
      wrong: eventKey(eventId, 'code-wrong', one),
    }
  }

  /** Counts one more try, and answers how many that makes this minute. */
  const take = async (counter: string): Promise<number> => {
    const [count] = await redis.call((client) =>
      client
        .multi()
        .incr(counter)
        .pExpire(counter, 2 * MINUTE_MS)
        .exec(),
    )
    return Number(count)
  }

  return {
    async codeOf({ visitId, createdAt }) {
      const goodUntil = createdAt + lifetimeMs
      const leftMs = goodUntil - clock.now()
      if (leftMs <= 0) return undefined
      for (let number = 0; number < DRAWS; number++) {
        const code = draw(visitId, number)
        const place = placeOf(code)
        await redis.call((client) =>
          client.set(place, visitId, { condition: 'NX', expiration: { type: 'PX', value: Math.ceil(leftMs) } }),
        )
        if ((await redis.call((client) => client.get(place))) === visitId) return { code, goodUntil }
      }
      return undefined
    },
    async find(typed, network) {
      const { one, again, all, wrong } = countersOf(network)
      const code = codeIn(typed)
      // What cannot be a code is a slip of the finger, and no guess.
      if (code === undefined) {
        const [ofOne, ofAll, ofEverybody, known] = await redis.call((client) => client.mGet([one, again, all, wrong]))
        const isFull = Number(ofOne) >= tries.ofOne || Number(ofEverybody) >= tries.atMost
        return isFull || (known && Number(ofAll) >= tries.ofAll) ? 'too-many' : 'wrong'
      }
      // A try is taken before anything is looked up, so that many at once are no more than one after the other; and one of
      // all only by whoever has one left, so that nobody spends everybody's. Beyond the limit a right code is not told from a wrong one.
      const nth = await take(one)
      if (nth > tries.ofOne) return 'too-many'
      const taken = [one]
      if (nth > 1 || (await redis.call((client) => client.exists(wrong))) > 0) {
        if ((await take(again)) > tries.ofAll) return 'too-many'
        taken.push(again)
      }
      if ((await take(all)) > tries.atMost) return 'too-many'
      taken.push(all)
      const visitId = await redis.call((client) => client.get(placeOf(code)))
      if (visitId === null) {
        await redis.call((client) => client.set(wrong, '1', { expiration: { type: 'PX', value: WRONG_MS } }))
        return 'wrong'
      }
      await redis.call((client) => Promise.all(taken.map((counter) => client.decr(counter))))
      return visitId
    },
  }
}
