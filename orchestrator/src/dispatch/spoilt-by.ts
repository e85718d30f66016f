/**
 * Whether a node has spoilt this render before: an attempt of its ended otherwise than by its own word that it cannot go on. Such
 * a render is kept for another node for a while, so that no single node, broken or bad, uses up all tries of a visit (L8). Pure.
 */
import type { NodeId } from '@fanreel/protocol'
import type { Visit } from '../visits/visit.ts'

/** Why a render waited again without anybody's fault. */
const BLAMELESS: ReadonlySet<string | undefined> = new Set(['given-back', 'offer-declined'])
/** How long a render is kept for others after an attempt, in milliseconds: about as long as a film takes. */
const KEPT_FOR_OTHERS_MS = 60_000

/** @param now milliseconds since the epoch */
export const isSpoiltBy = (visit: Visit, nodeId: NodeId, now: number): boolean => {
  const queuedAt = visit.render?.queuedAt ?? visit.createdAt
  const { history } = visit
  return history.some(({ state, note, at }, index) => {
    if (state !== 'rendering' || note !== nodeId || at < queuedAt) return false
    const end = history[index + 1]
    // Claimed again before the visit has heard of it: the lease ran out.
    if (!end) return now - at < KEPT_FOR_OTHERS_MS
    return end.state === 'queued' && !BLAMELESS.has(end.note) && now - end.at < KEPT_FOR_OTHERS_MS
  })
}
