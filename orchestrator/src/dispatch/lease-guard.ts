/**
 * Who may act on a render: only whoever shows a lease token that is the node's own, for the visit's current render, and
 * that the queue still honours (L1). Every message about a render comes through here.
 */
import {
  type LeaseToken,
  type NodeId,
  type Refusal,
  type RenderId,
  type RenderTier,
  refuse,
  type VisitId,
} from '@fanreel/protocol'
import type { RenderQueue } from '../queue/render-queue.ts'
import type { RecentVisits } from '../visits/recent-visits.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal } from '../visits/visit-state.ts'

export type LeaseClaim = { renderId: RenderId; leaseToken: LeaseToken }

/** The visit a render id belongs to: `visitId-rN`. */
export const visitIdOf = (renderId: RenderId): VisitId => renderId.slice(0, 36)

/** Whether the token was given to this node: a token names its event, then its node. */
export const isTokenOf = (nodeId: NodeId, leaseToken: LeaseToken): boolean => leaseToken.split('.')[1] === nodeId

export type Current = { visit: Visit; render: NonNullable<Visit['render']> }

/** Whether the visit still wants this render made. */
export const wants = (visit: Visit | undefined, renderId: RenderId): visit is Visit & Pick<Current, 'render'> =>
  visit !== undefined && (visit.state === 'queued' || visit.state === 'rendering') && visit.render?.renderId === renderId

export type LeaseGuard = {
  /**
   * The visit a token may still work for; `render-cancelled` where it is not wanted, `lease-lost` where the token is not good.
   * A lease whose beat came to this very instance lately is good without asking the queue.
   */
  open(nodeId: NodeId, claim: LeaseClaim): Promise<Current | Refusal>
  /** The same without asking the queue: for those who ask it right after. */
  wanted(nodeId: NodeId, claim: LeaseClaim): Promise<Current | Refusal>
  /** Frees the queue of work that nobody wants, with the holder's own token. */
  release(tier: RenderTier, claim: LeaseClaim): Promise<void>
}

export const createLeaseGuard = (options: {
  recent: RecentVisits
  queue: RenderQueue
  /** Whether the node, connected here, holds the lease by a beat that is young. */
  holdsHere: (nodeId: NodeId, claim: LeaseClaim) => boolean
  /** Whether the node, connected here, holds this very token for another render. */
  holdsForAnother: (nodeId: NodeId, claim: LeaseClaim) => boolean
  /** A good token was shown for a render that it was not given for. */
  onMisuse: (nodeId: NodeId, claim: LeaseClaim) => void
}): LeaseGuard => {
  const { recent, queue, holdsHere, holdsForAnother, onMisuse } = options
  const wanted: LeaseGuard['wanted'] = async (nodeId, { renderId, leaseToken }) => {
    if (!isTokenOf(nodeId, leaseToken)) return refuse('lease-lost')
    if (holdsForAnother(nodeId, { renderId, leaseToken })) {
      onMisuse(nodeId, { renderId, leaseToken })
      return refuse('lease-lost')
    }
    const visit = await recent.get(visitIdOf(renderId))
    return wants(visit, renderId) ? { visit, render: visit.render } : refuse('render-cancelled')
  }
  return {
    wanted,
    open: async (nodeId, claim) => {
      const current = await wanted(nodeId, claim)
      if (isRefusal(current) || holdsHere(nodeId, claim)) return current
      const holds = await queue.holds(current.render.tier, claim.renderId, claim.leaseToken)
      return holds ? current : refuse('lease-lost')
    },
    release: async (tier, { renderId, leaseToken }) => {
      await queue.fail(tier, renderId, leaseToken, { code: 'render-cancelled', final: true })
    },
  }
}
