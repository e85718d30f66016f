/**
 * How many different objects of each kind one lease may write: more than any film needs, and far from what would fill a disk (N7).
 * The same object asked for again counts once: a transfer may be repeated.
 */
import type { LeaseToken, NodeObjectKind } from '@fanreel/protocol'

/** Of each kind of which a film has one, and of previews. */
export type MostObjects = { films: number; previews: number }
/** Leases that are remembered at most, the newest: far more than one instance has nodes. */
const MOST_LEASES = 1_000

export type ObjectAllowance = {
  /** Takes one; `first-too-many` is answered once a lease. */
  take(leaseToken: LeaseToken, kind: NodeObjectKind, sha256: string): 'yes' | 'first-too-many' | 'too-many'
}

export const createObjectAllowance = (most: MostObjects): ObjectAllowance => {
  const leases = new Map<LeaseToken, { written: Set<string>; exceeded: boolean }>()
  return {
    take: (leaseToken, kind, sha256) => {
      const lease = leases.get(leaseToken) ?? { written: new Set(), exceeded: false }
      leases.set(leaseToken, lease)
      for (const oldest of leases.keys()) {
        if (leases.size <= MOST_LEASES) break
        leases.delete(oldest)
      }
      const object = `${kind}-${sha256}`
      const written = [...lease.written].filter((name) => name.startsWith(`${kind}-`)).length
      if (lease.written.has(object) || written < (kind === 'preview' ? most.previews : most.films)) {
        lease.written.add(object)
        return 'yes'
      }
      const first = !lease.exceeded
      lease.exceeded = true
      return first ? 'first-too-many' : 'too-many'
    },
  }
}
