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
  /** The visit behind what somebody typed. Counts wrong tries of `address` and of all together, on every instance. */
  find(typed: string, address: string): Promise<CodeAnswer>
}

const LENGTH = 8
/** How often another code is drawn where one is taken: two at once happen once in a thousand million visits. */
const DRAWS = 4
const MINUTE_MS = 60_000

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
  /** Wrong tries a minute: of one address, and of all. */
  tries: { ofOne: number; ofAll: number }
  clock: Clock
}): ShortCodes => {
  const { redis, eventId, eventKeyHex, lifetimeMs, tries, clock } = options
  const secret = deriveKey(eventKeyHex, 'short-codes')
  const digest = (what: 'draw' | 'place' | 'address', text: string) =>
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

  /** Counters of this minute. Addresses are kept as keyed hashes, and for two minutes. */
  const countersOf = (address: string) => {
    const minute = Math.floor(clock.now() / MINUTE_MS)
    const one = digest('address', address).toString('hex').slice(0, 32)
    return {
      one: eventKey(eventId, 'code-tries', String(minute), one),
      all: eventKey(eventId, 'code-tries', String(minute)),
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
    async find(typed, address) {
      const { one, all } = countersOf(address)
      const code = codeIn(typed)
      // What cannot be a code is a slip of the finger, and no guess.
      if (code === undefined) {
        const [ofOne, ofAll] = await redis.call((client) => client.mGet([one, all]))
        return Number(ofOne) >= tries.ofOne || Number(ofAll) >= tries.ofAll ? 'too-many' : 'wrong'
      }
      // A try is taken before anything is looked up, so that many at once are no more than one after the other; and one of
      // all only by whoever has one left, so that nobody spends everybody's. Beyond the limit a right code is not told from a wrong one.
      if ((await take(one)) > tries.ofOne) return 'too-many'
      const visitId = (await take(all)) > tries.ofAll ? 'too-many' : await redis.call((client) => client.get(placeOf(code)))
      if (visitId === null || visitId === 'too-many') return visitId ?? 'wrong'
      await redis.call((client) => client.multi().decr(one).decr(all).exec())
      return visitId
    },
  }
}
