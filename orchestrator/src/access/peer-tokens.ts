/**
 * Tokens of kiosks, nodes and operators: 256 random bits each behind the event's id, of which only the SHA-256 is kept.
 * Whoever reads Redis cannot speak as a kiosk. Rule A8.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { EventId } from '@fanreel/protocol'
import { AppError } from '../errors.ts'
import { eventKey, storeIdKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import type { PeerKind, PeerTokens } from './contract.ts'

const TOKEN_BYTES = 32
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
const tableOf = (eventId: EventId, kind: PeerKind): string => eventKey(eventId, 'peers', kind)

const newsOf = (eventId: EventId, kind: PeerKind): string => eventKey(eventId, 'peers', kind, 'revoked')

/** @param options `random` answers that many random bytes */
export const createPeerTokens = (options: {
  redis: Pick<Redis, 'call' | 'subscribe'>
  random?: (bytes: number) => Buffer
}): PeerTokens => {
  const { redis, random = randomBytes } = options
  /**
   * Whether nobody's token is known because nothing is: a Redis that has forgotten its event says nothing of whoever shows one (E9).
   * @throws AppError `unavailable`
   */
  const checkMemory = async (eventId: EventId): Promise<void> => {
    if ((await redis.call((client) => client.exists(storeIdKey(eventId)))) > 0) return
    throw new AppError('unavailable', { detail: 'redis has forgotten this event' })
  }
  return {
    async issue(eventId, kind, peerId) {
      const token = `${eventId}.${random(TOKEN_BYTES).toString('base64url')}`
      await redis.call((client) => client.hSet(tableOf(eventId, kind), peerId, hashOf(token).toString('hex')))
      return token
    },
    async check(eventId, kind, peerId, token) {
      const stored = await redis.call((client) => client.hGet(tableOf(eventId, kind), peerId))
      // A peer that is not known costs the same work as one that is.
      const expected = Buffer.from(stored ?? '00'.repeat(32), 'hex')
      const same = timingSafeEqual(expected, hashOf(token))
      const isTheirs = same && typeof stored === 'string'
      if (!isTheirs) await checkMemory(eventId)
      return isTheirs
    },
    async holderOf(eventId, kind, token) {
      const table = await redis.call((client) => client.hGetAll(tableOf(eventId, kind)))
      const hash = hashOf(token)
      const holder = Object.entries(table).find(([, stored]) => timingSafeEqual(Buffer.from(stored, 'hex'), hash))?.[0]
      if (holder === undefined) await checkMemory(eventId)
      return holder
    },
    async revoke(eventId, kind, peerId) {
      await redis.call((client) =>
        client.multi().hDel(tableOf(eventId, kind), peerId).publish(newsOf(eventId, kind), peerId).exec(),
      )
    },
    onRevoked: (eventId, kind, listener) => redis.subscribe(newsOf(eventId, kind), listener),
  }
}
