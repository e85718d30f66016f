/** What a GPU node and the orchestrator say to each other, in namespace `/node`. The node dials; it is offered work. */
import { z } from 'zod'
import { Code, Refusal } from './codes.ts'
import { AccessToken, EventId, LeaseToken, NodeId, PackId, PackKey, RenderId, Sha256, VisitId } from './ids.ts'
import { Language } from './languages.ts'
import { PaidStanding, PaidStep } from './paid-orders.ts'
import { FirstName, RenderStage } from './visit.ts'

/** What kind of machine a render needs. One queue each; a node names those it serves, most wanted first. */
export const RENDER_TIERS = ['cpu', 'gpu', 'cloud'] as const
export const RenderTier = z.enum(RENDER_TIERS)
export type RenderTier = z.infer<typeof RenderTier>

export const ENGINES = ['studio', 'comfyui', 'model-studio', 'videos-api'] as const
export const EngineName = z.enum(ENGINES)
export type EngineName = z.infer<typeof EngineName>

const Lease = z.object({ eventId: EventId, renderId: RenderId, leaseToken: LeaseToken })

/** What an engine itself could not do. */
export const ENGINE_FAULT_REASONS = [
  /** Nobody answers. */
  'unreachable',
  /** It was taken, and nothing is known of it any more. */
  'lost',
  /** The request is not one that it takes. */
  'rejected',
  /** It does not want to draw this picture. */
  'refused-content',
  /** Asked too often. */
  'throttled',
  /** It tried and could not. */
  'failed',
  /** A node or a model file is not installed there. */
  'missing',
  /** What came is no whole clip. */
  'unfit',
  /** It was stopped so that the film is in time. */
  'late',
  /** It may have been asked and paid for, and its task is not known: it is not asked for again. */
  'orphaned',
  'over-budget',
  /** The visitor's consent names no cloud. */
  'no-consent',
] as const
export const EngineFaultReason = z.enum(ENGINE_FAULT_REASONS)
export type EngineFaultReason = z.infer<typeof EngineFaultReason>

/** Why an engine that draws such shots did not draw one, or why its shot was not taken. */
export const FallbackReason = z.enum([
  ...ENGINE_FAULT_REASONS,
  /** Another face than the visitor's, or none. */
  'unlike',
  'unseen',
  /** It has failed lately and rests. */
  'resting',
  /** The film would be late. */
  'no-time',
])
export type FallbackReason = z.infer<typeof FallbackReason>

export const NodeHello = z.object({
  protocol: z.number().int(),
  eventId: EventId,
  nodeId: NodeId,
  token: AccessToken,
  version: z.string().max(40),
  tiers: z.array(RenderTier).min(1).max(RENDER_TIERS.length),
  engines: z.array(EngineName).min(1).max(ENGINES.length),
  /** How many renders it takes at once. */
  slots: z.number().int().min(1).max(64),
  /**
   * How many renders of tier `cloud` it takes beside these. They wait for a remote engine most of the time, and hold no slot of
   * this machine meanwhile; where there is none of these, they take the machine's.
   */
  cloudSlots: z.number().int().min(0).max(64).default(0),
  /** Leases it still works on after a lost connection. */
  running: z.array(Lease.omit({ eventId: true })).max(64),
})
export type NodeHello = z.infer<typeof NodeHello>
export const NodeWelcome = z.object({
  ok: z.literal(true),
  protocol: z.number().int(),
  eventId: EventId,
  serverTime: z.number().int(),
  packKey: PackKey,
  /** How often to beat for each lease, in milliseconds. */
  beatMs: z.number().int().positive(),
  /** Of the leases named: those that go on, and those to drop at once. */
  keep: z.array(LeaseToken),
  revoke: z.array(LeaseToken),
})
export type NodeWelcome = z.infer<typeof NodeWelcome>

/** How an event wants its shots drawn, as it stood when the work was offered. */
export const EnginePolicy = z.object({
  /** Engines to try, in order; `studio` is always the last resort. */
  prefer: z.array(EngineName).max(ENGINES.length),
  /** A reel whose likeness distance is above this is redrawn, 0..1. */
  redrawAbove: z.number().min(0).max(1),
  /** A shot from a model is taken up to this distance, 0..1; without it up to where it is still the same person. */
  shotLikeness: z.number().min(0).max(1).optional(),
  /** How long a node may take for a film, in milliseconds; engines that would be later are passed over. Without it only the deadline holds. */
  finishWithinMs: z.number().int().positive().optional(),
  /** What engines that are paid may cost a film, in cents; nothing without it. */
  budgetCents: z.number().int().nonnegative().optional(),
  /** What they may cost the event in one day (UTC), in cents; nothing without it. */
  dayBudgetCents: z.number().int().nonnegative().optional(),
})
export type EnginePolicy = z.infer<typeof EnginePolicy>

/** A piece of work. Says what to render and for how long it may be held; never who the visitor is. */
export const Offer = z.object({
  eventId: EventId,
  renderId: RenderId,
  visitId: VisitId,
  leaseToken: LeaseToken,
  tier: RenderTier,
  attempt: z.number().int().positive(),
  packId: PackId,
  packHash: Sha256,
  policy: EnginePolicy,
  /** Without a beat for this long the lease is lost, in milliseconds. */
  leaseMs: z.number().int().positive(),
  /** This long after the offer, in milliseconds, the render has failed whatever it does. No moment: a node's clock may be wrong. */
  deadlineMs: z.number().int().positive(),
})
export type Offer = z.infer<typeof Offer>
export const OfferAnswer = z.union([
  z.object({ accept: z.literal(true) }),
  z.object({ accept: z.literal(false), reason: z.enum(['busy', 'draining', 'unfit']) }),
])
export type OfferAnswer = z.infer<typeof OfferAnswer>

/** A signed address: good for one method, one object and a short time. Relative ones belong to the orchestrator's own origin. */
const SignedUrl = z.string().max(2000)

/** What the film needs of the person; fetched once with the lease, never stored on the node. */
export const RenderBrief = z.object({
  ok: z.literal(true),
  language: Language,
  firstName: FirstName.optional(),
  clip: z.object({ url: SignedUrl, sha256: Sha256, bytes: z.number().int().positive() }),
  /** Seed for everything in the film that is left to chance. */
  seed: z.number().int().nonnegative(),
})
export type RenderBrief = z.infer<typeof RenderBrief>

/** A `reference` is what a cloud's model draws the visitor from: it is read there, and deleted with the clip. */
export const NODE_OBJECT_KINDS = ['reel', 'poster', 'preview', 'shot-list', 'reference'] as const
export const NodeObjectKind = z.enum(NODE_OBJECT_KINDS)
export type NodeObjectKind = z.infer<typeof NodeObjectKind>
/** The largest object of each kind that a node may write, and the type it has. */
export const NODE_OBJECTS = {
  reel: { maxBytes: 60 * 1024 * 1024, mime: 'video/mp4' },
  poster: { maxBytes: 1024 * 1024, mime: 'image/jpeg' },
  preview: { maxBytes: 128 * 1024, mime: 'image/jpeg' },
  'shot-list': { maxBytes: 256 * 1024, mime: 'application/json' },
  reference: { maxBytes: 20 * 1024 * 1024, mime: 'video/mp4' },
} as const satisfies Record<NodeObjectKind, { maxBytes: number; mime: string }>

export const PutRequest = Lease.extend({
  kind: NodeObjectKind,
  sha256: Sha256,
  bytes: z.number().int().positive(),
})
export type PutRequest = z.infer<typeof PutRequest>
export const PutAnswer = z.union([
  z.object({
    ok: z.literal(true),
    url: SignedUrl,
    /** Of a `reference`: where it may be read for a while, by whoever has the address. Absent where the store is reached by us alone. */
    readUrl: SignedUrl.optional(),
  }),
  Refusal,
])
export type PutAnswer = z.infer<typeof PutAnswer>

/** A shot that an engine is about to be paid for, or was. */
export const PaidOrder = Lease.extend({
  /** The shot's slot, and which try it is: the same whichever node asks. */
  shot: z.string().min(1).max(40),
  attempt: z.number().int().min(0).max(9),
  engine: EngineName,
  /** Made for this order by the node that asks, so that a message said twice is known from another node's. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  step: PaidStep,
})
export type PaidOrder = z.infer<typeof PaidOrder>

export const Beat = Lease.extend({
  stage: RenderStage,
  fraction: z.number().min(0).max(1),
  /** The newest preview that was put, by hash. */
  preview: Sha256.optional(),
})
export type Beat = z.infer<typeof Beat>
export const BeatAnswer = z.union([
  z.object({
    ok: z.literal(true),
    /** Stop now; nothing more is wanted of this render. */
    cancel: z.boolean(),
    /** By the orchestrator's clock, in milliseconds since the epoch. */
    leaseUntil: z.number().int(),
  }),
  Refusal,
])
export type BeatAnswer = z.infer<typeof BeatAnswer>

export const StoredObject = z.object({ sha256: Sha256, bytes: z.number().int().positive() })
/** How long each stage took, in milliseconds. */
export const StageTimes = z.partialRecord(RenderStage, z.number().int().nonnegative())
export type StageTimes = z.infer<typeof StageTimes>

/** What the node found when it checked its own reel. */
export const ReelReport = z.object({
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  durationMs: z.number().int().positive(),
  shots: z.number().int().positive(),
  /** Distance between the mean face embeddings of clip and reel. */
  likeness: z.number().min(0).max(2),
  /** The same for the shot that is furthest off. */
  worstShotLikeness: z.number().min(0).max(2).optional(),
  /** Share of the film's time in which the face is seen. */
  faceSeenShare: z.number().min(0).max(1).optional(),
  /** The most flashes in any second (WCAG 2.3.1). */
  flashes: z.number().int().min(0).max(30).optional(),
  /** Integrated loudness, LUFS. */
  loudnessLufs: z.number().min(-99).max(10),
  /** Highest true peak of the unpacked sound, dBTP. */
  truePeakDb: z.number().min(-120).max(20).optional(),
  /** How late the voice comes against the clip, and the mouth, in milliseconds; early below 0. */
  voiceOffsetMs: z.number().min(-1000).max(1000).optional(),
  mouthOffsetMs: z.number().min(-1000).max(1000).optional(),
  /** How many shots each engine drew. */
  engines: z.partialRecord(EngineName, z.number().int().positive()).optional(),
  /** Which engines were passed over for which shots, and why. */
  fallbacks: z
    .array(z.object({ shot: z.string().max(40), engine: EngineName, reason: FallbackReason }))
    .max(96)
    .optional(),
  /** Advice for the visitor's next take, by code. */
  advice: z.array(z.string().max(40)).max(8),
  stagesMs: StageTimes,
})
export type ReelReport = z.infer<typeof ReelReport>

export const RenderResult = Lease.extend({
  reel: StoredObject,
  poster: StoredObject,
  shotList: StoredObject,
  report: ReelReport,
})
export type RenderResult = z.infer<typeof RenderResult>
export const ResultAnswer = z.union([
  z.object({ ok: z.literal(true), outcome: z.enum(['accepted', 'duplicate', 'superseded']) }),
  Refusal,
])
export type ResultAnswer = z.infer<typeof ResultAnswer>

/** `retry`: another attempt may work. `bad-input`: no attempt will. `node-fault`: another node may do it. */
export const FailureClass = z.enum(['retry', 'bad-input', 'node-fault'])
export type FailureClass = z.infer<typeof FailureClass>
export const RenderFailure = Lease.extend({ code: Code, class: FailureClass })
export type RenderFailure = z.infer<typeof RenderFailure>

const Done = z.union([z.object({ ok: z.literal(true) }), Refusal])

/** Node to orchestrator: every message, with its answer. */
/** Renders that a node would take now. */
const Free = z.number().int().min(0).max(64)

export const nodeMessages = {
  'node:hello': { request: NodeHello, answer: z.union([NodeWelcome, Refusal]) },
  /** How many more renders it would take now. */
  'node:ready': { request: z.object({ eventId: EventId, free: Free, freeCloud: Free.default(0) }), answer: Done },
  /** No more offers, please; what runs is finished. */
  'node:drain': { request: z.object({ eventId: EventId }), answer: Done },
  'render:brief': { request: Lease, answer: z.union([RenderBrief, Refusal]) },
  'render:put': { request: PutRequest, answer: PutAnswer },
  /** Each step of what is paid for, before the node goes on. */
  'render:order': { request: PaidOrder, answer: z.union([z.object({ ok: z.literal(true), standing: PaidStanding }), Refusal]) },
  'render:beat': { request: Beat, answer: BeatAnswer },
  'render:give-back': { request: Lease, answer: Done },
  'render:failed': { request: RenderFailure, answer: Done },
  'render:result': { request: RenderResult, answer: ResultAnswer },
} as const

/** Orchestrator to node. The offer is answered; a revoked lease is not. */
export const nodeNews = {
  'render:offer': { request: Offer, answer: OfferAnswer },
  'render:revoke': { request: z.object({ eventId: EventId, leaseToken: LeaseToken, code: Code }) },
} as const
