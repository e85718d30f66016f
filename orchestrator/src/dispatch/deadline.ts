/** The hard limit of a render, beside the lease: a node that beats but gets nowhere is stopped all the same (L6). */
import type { RenderTier } from '@fanreel/protocol'

/** A larger clip takes longer to decode: this much for each MiB, in milliseconds. */
const PER_MIB_MS = 5_000
/** How much longer a tier may take than the least. A cloud engine has queues of its own. */
const TIER_FACTOR: Record<RenderTier, number> = { cpu: 2, gpu: 1, cloud: 3 }
const MIB = 1_048_576

/** Milliseconds a render may take from the moment it is leased. */
export const deadlineMs = (work: { tier: RenderTier; clipBytes: number; leastMs: number }): number =>
  TIER_FACTOR[work.tier] * (work.leastMs + Math.ceil((work.clipBytes / MIB) * PER_MIB_MS))
