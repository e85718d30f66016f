/**
 * How many different objects of each kind one lease may write: more than any film needs, and far from what would fill a disk (N7).
 * Half of it the instance that granted the lease gives by itself, so that a usual film asks nobody; the rest, and all that a lease writes
 * through another instance, is counted in Redis. The same object asked for again counts once: a transfer may be repeated.
 */
import type { EventId, LeaseToken, NodeObjectKind } from '@fanreel/protocol'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import { leaseFolder } from '../visits/media-keys.ts'

/** Of each kind of which a film has one, and of previews. */
export type MostObjects = { films: number; previews: number }
/** Leases granted here that are remembered at most, the newest: far more than one instance has nodes. */
const MOST_LEASES = 1_000
/** Longer than any lease lives after its last object, in milliseconds. */
const KEPT_MS = 3_600_000

export type ObjectAllowance = {
  /** This instance has granted the lease. */
  granted(leaseToken: LeaseToken): void
  /** Takes one; `first-too-many` is answered once a lease. @throws AppError `unavailable` where the rest cannot be counted just now */
  take(leaseToken: LeaseToken, kind: NodeObjectKind, sha256: string): Promise<'yes' | 'first-too-many' | 'too-many'>
}

/** KEYS: objects of the kind, whether it went too far. ARGV: object, most, ms to keep. Answers 2 yes, 1 the first too many, 0 too many. */
const TAKE = `
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 2 end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) and 1 or 0
end
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 2`
const ANSWERS = ['too-many', 'first-too-many', 'yes'] as const

export const createObjectAllowance = (options: {
  redis: Pick<Redis, 'call'>
  eventId: EventId
  most: MostObjects
}): ObjectAllowance => {
  const { redis, eventId, most } = options
  const grantedHere = new Map<LeaseToken, Map<NodeObjectKind, Set<string>>>()
  const mostOf = (kind: NodeObjectKind) => (kind === 'preview' ? most.previews : most.films)
  /** What the granting instance gives without asking. */
  const ownOf = (kind: NodeObjectKind) => Math.floor(mostOf(kind) / 2)

  const takeOwn = (leaseToken: LeaseToken, kind: NodeObjectKind, sha256: string): boolean => {
    const kinds = grantedHere.get(leaseToken)
    if (!kinds) return false
    const written = kinds.get(kind) ?? new Set()
    kinds.set(kind, written)
    if (!written.has(sha256) && written.size >= ownOf(kind)) return false
    written.add(sha256)
    return true
  }

  return {
    granted: (leaseToken) => {
      grantedHere.set(leaseToken, new Map())
      for (const oldest of grantedHere.keys()) {
        if (grantedHere.size <= MOST_LEASES) break
        grantedHere.delete(oldest)
      }
    },
    take: async (leaseToken, kind, sha256) => {
      if (takeOwn(leaseToken, kind, sha256)) return 'yes'
      const keyOf = (what: string) => eventKey(eventId, 'lease-objects', leaseFolder(leaseToken), what)
      const rest = mostOf(kind) - ownOf(kind)
      const answer = await redis.call((client) =>
        client.eval(TAKE, { keys: [keyOf(kind), keyOf('exceeded')], arguments: [sha256, String(rest), String(KEPT_MS)] }),
      )
      return ANSWERS[Number(answer)] ?? 'too-many'
    },
  }
}
