/** What a visit's current render is queued with: references and limits, never a name, a token or an address (Q2). */
import type { RenderTier } from '@fanreel/protocol'
import type { RenderWork } from '../queue/render-queue.ts'
import type { Visit } from './visit.ts'

/** Undefined where the visit has no render or no clip. */
export const renderWorkOf = (visit: Visit): { tier: RenderTier; work: RenderWork } | undefined => {
  const { eventId, visitId, packId, packHash, clip, render } = visit
  if (!clip || !render) return undefined
  const { renderId, tier } = render
  return { tier, work: { eventId, visitId, renderId, packId, packHash, clipSha256: clip.sha256, clipBytes: clip.bytes } }
}
