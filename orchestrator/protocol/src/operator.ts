/** What an operator's dashboard and the orchestrator say to each other, in namespace `/operator`. */
import { z } from 'zod'
import { Code, Refusal } from './codes.ts'
import { AccessToken, EventId, KioskId, NodeId, RenderId, VisitId } from './ids.ts'
import { EventStatus, KioskClosure, KioskTrouble } from './kiosk.ts'
import { KioskHealth } from './kiosk-health.ts'
import { EngineName, ReelReport, RenderTier, StageTimes } from './node.ts'
import { RenderStage, VisitState, VisitView } from './visit.ts'

export const KioskRow = z.object({
  kioskId: KioskId,
  online: z.boolean(),
  version: z.string(),
  lastSeenAt: z.number().int(),
  /** Clips that wait on the kiosk itself. */
  holding: z.number().int().nonnegative(),
  /** What it finds wrong with itself. */
  trouble: KioskTrouble.optional(),
  /** There when operators have closed it. */
  closed: KioskClosure.optional(),
  /** How its box is, where an agent watches it. */
  health: KioskHealth.optional(),
  /** When an agent was last heard that is silent now: nobody watches that box. */
  agentSilentSince: z.number().int().optional(),
})
export type KioskRow = z.infer<typeof KioskRow>

/** Why a node is offered nothing until an operator lets it work again: since when, and its last fault. */
export const NodeDrained = z.object({ at: z.number().int(), code: Code })
export type NodeDrained = z.infer<typeof NodeDrained>

export const NodeRow = z.object({
  nodeId: NodeId,
  state: z.enum(['online', 'draining', 'offline']),
  /** There when it was drained after faults of its own. */
  drained: NodeDrained.optional(),
  version: z.string(),
  tiers: z.array(RenderTier),
  engines: z.array(EngineName),
  slots: z.number().int(),
  /** Slots beside these for renders of tier `cloud`. */
  cloudSlots: z.number().int().default(0),
  running: z.array(
    z.object({
      renderId: RenderId,
      tier: RenderTier.optional(),
      stage: RenderStage,
      fraction: z.number(),
      beatAt: z.number().int(),
    }),
  ),
  done: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  lastSeenAt: z.number().int(),
})
export type NodeRow = z.infer<typeof NodeRow>

export const QueueRow = z.object({
  tier: RenderTier,
  waiting: z.number().int().nonnegative(),
  active: z.number().int().nonnegative(),
  delayed: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  /** How long the oldest waits, in milliseconds. */
  oldestMs: z.number().int().nonnegative().optional(),
})
export type QueueRow = z.infer<typeof QueueRow>

/** The whole floor at one glance. Sent whole, so a late message replaces an early one. */
export const Floor = z.object({
  at: z.number().int(),
  status: EventStatus,
  kiosks: z.array(KioskRow),
  nodes: z.array(NodeRow),
  queues: z.array(QueueRow),
  /** Newest first. */
  visits: z.array(VisitView),
  counts: z.partialRecord(VisitState, z.number().int().nonnegative()),
})
export type Floor = z.infer<typeof Floor>

/** One visit with its history, for the person who asks "where is my film?". */
export const VisitStory = z.object({
  visit: VisitView,
  history: z.array(z.object({ at: z.number().int(), state: VisitState, note: z.string().optional() })),
  /** What the node found in the finished reel. */
  likeness: z.number().optional(),
  shots: z.number().int().positive().optional(),
  durationMs: z.number().int().positive().optional(),
  stagesMs: StageTimes.optional(),
  /** Who drew its shots, and which engines were passed over, and why. */
  engines: ReelReport.shape.engines,
  fallbacks: ReelReport.shape.fallbacks,
})
export type VisitStory = z.infer<typeof VisitStory>

export const OperatorHello = z.object({ protocol: z.number().int(), eventId: EventId, token: AccessToken })
const Done = z.union([z.object({ ok: z.literal(true) }), Refusal])
const OnVisit = z.object({ eventId: EventId, visitId: VisitId })

export const operatorMessages = {
  'operator:hello': {
    request: OperatorHello,
    answer: z.union([
      z.object({ ok: z.literal(true), protocol: z.number().int(), eventName: z.string(), floor: Floor }),
      Refusal,
    ]),
  },
  'visit:find': { request: OnVisit, answer: z.union([z.object({ ok: z.literal(true), story: VisitStory }), Refusal]) },
  /** Opens the sealed token to show the visitor their QR code again. */
  'visit:pickup': { request: OnVisit, answer: z.union([z.object({ ok: z.literal(true), pickupUrl: z.url() }), Refusal]) },
  'visit:retry': { request: OnVisit, answer: Done },
  'visit:delete': { request: OnVisit, answer: Done },
  /** Closes one kiosk for new visitors, or, without `closed`, opens it again. It holds until it is opened, seen or unseen. */
  'kiosk:close': {
    request: z.object({ eventId: EventId, kioskId: KioskId, closed: KioskClosure.optional() }),
    answer: Done,
  },
  /** Lets a node that was drained after faults of its own work again, with nothing held against it. */
  'node:reinstate': { request: z.object({ eventId: EventId, nodeId: NodeId }), answer: Done },
  'event:pause': { request: z.object({ eventId: EventId, paused: z.boolean() }), answer: Done },
} as const

export const operatorNews = { 'floor:changed': Floor } as const
