/** What a visit's current render is queued with: references and limits, never a name, a token or an address (Q2). */
import type { KioskId, RenderTier } from '@fanreel/protocol'
import type { RenderWork } from '../queue/lanes.ts'
import type { Visit } from './visit.ts'

/**
 * Undefined where the visit has no render or no clip. A first render takes its kiosk's turn; another try of a visitor who has
 * waited before goes next (Q9), and so names no kiosk.
 */
export const renderWorkOf = (visit: Visit): { tier: RenderTier; work: RenderWork; kioskId?: KioskId } | undefined => {
  const { eventId, visitId, kioskId, packId, packHash, clip, render } = visit
  if (!clip || !render) return undefined
  const { renderId, tier, number } = render
  const turn = number > 1 ? {} : { kioskId }
  return { ...turn, tier, work: { eventId, visitId, renderId, packId, packHash, clipSha256: clip.sha256, clipBytes: clip.bytes } }
}
