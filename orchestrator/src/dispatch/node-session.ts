/** One connected node: what it can do, what it holds, and how many more renders it may be offered now. */
import type {
  Code,
  EngineName,
  LeaseToken,
  NodeId,
  Offer,
  OfferAnswer,
  RenderId,
  RenderStage,
  RenderTier,
  VisitId,
} from '@fanreel/protocol'
import type { NotedRow } from '../status/node-presence.ts'

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

export type NodeFacts = {
  nodeId: NodeId
  version: string
  tiers: RenderTier[]
  engines: EngineName[]
  slots: number
  cloudSlots: number
  /** When this connection was greeted, in milliseconds since the epoch. */
  joinedAt: number
}
/** Renders that wait for a remote engine hold slots of their own where the node has such (N8). */
type SlotPool = 'machine' | 'cloud'

/** A node that turns offers down is asked again after 1, 2, 4 ... s, at most 30 s. */
const BACK_OFF_MS = 1_000
const MAX_BACK_OFF_MS = 30_000

export type NodeSession = NodeFacts & {
  readonly line: NodeLine
  readonly held: ReadonlyMap<LeaseToken, HeldLease>
  readonly draining: boolean
  /** Offers that may be made right now, by the slots of the machine itself where nothing else is named. */
  free(now: number, pool?: SlotPool): number
  /** Pools that have room, each with the tiers it serves, most wanted first. */
  openings(now: number): { pool: SlotPool; tiers: RenderTier[] }[]
  /** Takes a slot, synchronously, before anything is claimed for it (N3); answers how to let go of it again. */
  reserve(pool?: SlotPool): () => void
  /** The node says how many more renders it would take, at this time. */
  ready(free: number, now: number, freeCloud?: number): void
  /** The node has given work back: it is offered nothing before it says that it is ready. */
  rest(): void
  drain(): void
  /** The node is given nothing, whatever it says, until this is taken back (N5). Answers whether that is news. */
  bar(barred: boolean): boolean
  /** The node turned an offer down or did not answer. */
  backOff(now: number): void
  accepted(): void
  hold(lease: HeldLease): void
  /** The node has spoken of this lease, whatever came of it. */
  heard(leaseToken: LeaseToken, now: number): void
  drop(leaseToken: LeaseToken): HeldLease | undefined
  row(): NotedRow
}

/**
 * @param leaseMs how long a lease lasts without a beat
 * @param onMute the node takes work, speaks on and says nothing of it: heard once for all that runs out together
 */
export const createNodeSession = (
  facts: NodeFacts,
  line: NodeLine,
  leaseMs: number,
  onMute: () => void = () => undefined,
): NodeSession => {
  const held = new Map<LeaseToken, HeldLease>()
  /** When each lease was spoken of last. */
  const heardAt = new Map<LeaseToken, number>()
  /** It let a lease run out of which it had said nothing at all. */
  let owesWord = false
  let muteAt = Number.NEGATIVE_INFINITY
  const poolOf = (tier: RenderTier): SlotPool => (tier === 'cloud' && facts.cloudSlots > 0 ? 'cloud' : 'machine')
  const tiersOf = (pool: SlotPool) => facts.tiers.filter((tier) => poolOf(tier) === pool)
  const slots = { machine: facts.slots, cloud: facts.cloudSlots }
  const reserved = { machine: 0, cloud: 0 }
  let draining = false
  let barred = false
  let refusals = 0
  let quietUntil = 0
  // Nothing is offered before the node has said that it is ready.
  const ceiling = { machine: 0, cloud: 0 }
  let readyAt = Number.NEGATIVE_INFINITY
  /**
   * Nothing is offered before it says that it is ready once more: it let a lease run out and has not been heard of since, frozen
   * or cut off behind a socket that stands, or it has given work back.
   */
  let resting = false

  /**
   * A lease without a beat for its whole length is lost, and its slot is free again: a node that has stopped by itself says
   * nothing more of it. One that was not heard of since is offered nothing before it says that it is ready.
   */
  const forgetSilent = (now: number) => {
    for (const lease of held.values()) {
      if (now - lease.beatAt <= leaseMs) continue
      const spokenAt = heardAt.get(lease.leaseToken)
      forget(lease.leaseToken)
      resting ||= lease.beatAt > readyAt
      owesWord ||= spokenAt === undefined
      // It was heard long after, and not of this: neither frozen nor cut off, nor kept from an answer.
      if (readyAt - (spokenAt ?? lease.beatAt) > leaseMs / 2) countMute(now)
    }
  }
  const countMute = (now: number) => {
    owesWord = false
    if (now - muteAt < leaseMs) return
    muteAt = now
    onMute()
  }
  const forget = (leaseToken: LeaseToken) => {
    held.delete(leaseToken)
    heardAt.delete(leaseToken)
  }

  const heldIn = (pool: SlotPool) => [...held.values()].filter(({ tier }) => poolOf(tier) === pool).length
  const free = (now: number, pool: SlotPool): number => {
    forgetSilent(now)
    if (draining || barred || resting || now < quietUntil) return 0
    return Math.max(0, Math.min(slots[pool], ceiling[pool]) - heldIn(pool) - reserved[pool])
  }

  return {
    ...facts,
    line,
    held,
    get draining() {
      return draining || barred
    },
    // One that drains takes nothing more and finishes what it holds (N4).
    free: (now, pool = 'machine') => free(now, pool),
    openings: (now) =>
      (['machine', 'cloud'] as const).flatMap((pool) => {
        const tiers = tiersOf(pool)
        return tiers.length > 0 && free(now, pool) > 0 ? [{ pool, tiers }] : []
      }),
    reserve: (pool = 'machine') => {
      reserved[pool]++
      let open = true
      return () => {
        if (open) reserved[pool]--
        open = false
      }
    },
    // What is held counts on top: an offer that crosses this message on its way still takes its slot.
    ready: (freeOfMachine, now, freeCloud = 0) => {
      forgetSilent(now)
      ceiling.machine = heldIn('machine') + freeOfMachine
      ceiling.cloud = heldIn('cloud') + freeCloud
      readyAt = now
      resting = false
      if (owesWord) countMute(now)
      if (freeOfMachine + freeCloud > 0) quietUntil = 0
    },
    rest: () => {
      resting = true
    },
    drain: () => {
      draining = true
    },
    bar: (now) => {
      const isNews = barred !== now
      barred = now
      return isNews
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
    heard: (leaseToken, now) => {
      heardAt.set(leaseToken, now)
    },
    drop: (leaseToken) => {
      const lease = held.get(leaseToken)
      forget(leaseToken)
      return lease
    },
    row: () => ({
      nodeId: facts.nodeId,
      state: draining || barred ? 'draining' : 'online',
      version: facts.version,
      tiers: facts.tiers,
      engines: facts.engines,
      slots: facts.slots,
      cloudSlots: facts.cloudSlots,
      joinedAt: facts.joinedAt,
      running: [...held.values()].map(({ renderId, tier, stage, fraction, beatAt }) => ({
        renderId,
        tier,
        stage,
        fraction,
        beatAt,
      })),
    }),
  }
}
