/**
 * Whether a node has spoilt this render before: an attempt of its ended otherwise than by its own word that it cannot go on. Such
 * a render is kept for another node for a while, so that no single node, broken or bad, uses up all tries of a visit (L8). Pure.
 */
import type { NodeId } from '@fanreel/protocol'
import type { Visit } from '../visits/visit.ts'

/** Why a render waited again without anybody's fault. */
const BLAMELESS: ReadonlySet<string | undefined> = new Set(['given-back', 'offer-declined'])

/** @param now milliseconds since the epoch @param keptMs how long a render is kept for others after an attempt */
export const isSpoiltBy = (visit: Visit, nodeId: NodeId, now: number, keptMs: number): boolean => {
  const queuedAt = visit.render?.queuedAt ?? visit.createdAt
  const { history } = visit
  return history.some(({ state, note, at }, index) => {
    if (state !== 'rendering' || note !== nodeId || at < queuedAt) return false
    const end = history[index + 1]
    // Claimed again before the visit has heard of it: the lease ran out.
    if (!end) return now - at < keptMs
    return end.state === 'queued' && !BLAMELESS.has(end.note) && now - end.at < keptMs
  })
}
