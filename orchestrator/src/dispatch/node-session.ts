/** One connected node: what it can do, what it holds, and how many more renders it may be offered now. */
import type {
  Code,
  EngineName,
  LeaseToken,
  NodeId,
  NodeRow,
  Offer,
  OfferAnswer,
  RenderId,
  RenderStage,
  RenderTier,
  VisitId,
} from '@fanreel/protocol'

export type HeldLease = {
  renderId: RenderId
  visitId: VisitId
  leaseToken: LeaseToken
  tier: RenderTier
  stage: RenderStage
  fraction: number
  beatAt: number
  /** When the queue has prolonged it last, or granted it: no later than that. */
  renewedAt: number
}

/** How a session reaches its node. */
export type NodeLine = {
  /** @throws where no answer came in time or the socket closed */
  offer(offer: Offer): Promise<OfferAnswer>
  revoke(leaseToken: LeaseToken, code: Code): void
  hangUp(): void
}

export type NodeFacts = { nodeId: NodeId; version: string; tiers: RenderTier[]; engines: EngineName[]; slots: number }

/** A node that turns offers down is asked again after 1, 2, 4 ... s, at most 30 s. */
const BACK_OFF_MS = 1_000
const MAX_BACK_OFF_MS = 30_000

export type NodeSession = NodeFacts & {
  readonly line: NodeLine
  readonly held: ReadonlyMap<LeaseToken, HeldLease>
  readonly draining: boolean
  /** Offers that may be made right now. */
  free(now: number): number
  /** Takes a slot, synchronously, before anything is claimed for it (N3); answers how to let go of it again. */
  reserve(): () => void
  /** The node says how many more renders it would take, at this time. */
  ready(free: number, now: number): void
  drain(): void
  /** The node turned an offer down or did not answer. */
  backOff(now: number): void
  accepted(): void
  hold(lease: HeldLease): void
  drop(leaseToken: LeaseToken): HeldLease | undefined
  row(): Omit<NodeRow, 'done' | 'failed' | 'lastSeenAt'>
}

/** @param leaseMs how long a lease lasts without a beat */
export const createNodeSession = (facts: NodeFacts, line: NodeLine, leaseMs: number): NodeSession => {
  const held = new Map<LeaseToken, HeldLease>()
  let reserved = 0
  let draining = false
  let refusals = 0
  let quietUntil = 0
  // Nothing is offered before the node has said that it is ready.
  let ceiling = 0
  let readyAt = Number.NEGATIVE_INFINITY
  /** It let a lease run out and has not been heard of since: frozen, or cut off behind a socket that stands. */
  let silent = false

  /**
   * A lease without a beat for its whole length is lost, and its slot is free again: a node that has stopped by itself says
   * nothing more of it. One that was not heard of since is offered nothing before it says that it is ready.
   */
  const forgetSilent = (now: number) => {
    for (const lease of held.values()) {
      if (now - lease.beatAt <= leaseMs) continue
      held.delete(lease.leaseToken)
      silent ||= lease.beatAt > readyAt
    }
  }

  return {
    ...facts,
    line,
    held,
    get draining() {
      return draining
    },
    // One that drains takes nothing more and finishes what it holds (N4).
    free: (now) => {
      forgetSilent(now)
      if (draining || silent || now < quietUntil) return 0
      return Math.max(0, Math.min(facts.slots, ceiling) - held.size - reserved)
    },
    reserve: () => {
      reserved++
      let open = true
      return () => {
        if (open) reserved--
        open = false
      }
    },
    // What is held counts on top: an offer that crosses this message on its way still takes its slot.
    ready: (free, now) => {
      forgetSilent(now)
      ceiling = held.size + free
      readyAt = now
      silent = false
      if (free > 0) quietUntil = 0
    },
    drain: () => {
      draining = true
    },
    backOff: (now) => {
      quietUntil = now + Math.min(BACK_OFF_MS * 2 ** refusals, MAX_BACK_OFF_MS)
      refusals++
    },
    accepted: () => {
      refusals = 0
    },
    hold: (lease) => {
      held.set(lease.leaseToken, lease)
    },
    drop: (leaseToken) => {
      const lease = held.get(leaseToken)
      held.delete(leaseToken)
      return lease
    },
    row: () => ({
      nodeId: facts.nodeId,
      state: draining ? 'draining' : 'online',
      version: facts.version,
      tiers: facts.tiers,
      engines: facts.engines,
      slots: facts.slots,
      running: [...held.values()].map(({ renderId, stage, fraction, beatAt }) => ({ renderId, stage, fraction, beatAt })),
    }),
  }
}
