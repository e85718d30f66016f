/** What is left of a visit that is over (E3). */
import { ERASED_PARTS, type ErasedPart } from './erased-parts.ts'
import type { Visit } from './visit.ts'

/** How long an ended visit still answers for itself, so that kiosks that were away hear of it: 30 days. */
export const TOMBSTONE_MS = 30 * 86_400_000

/** States in which the kiosk may still hold the clip. */
const ON_THE_KIOSK: ReadonlySet<Visit['state']> = new Set(['started', 'recorded', 'uploading', 'queued', 'failed'])

/** The parts that go when the visit ends now; what went when it ended before stays named. */
const erasedPartsOf = (visit: Visit): ErasedPart[] => {
  const { state, reel, clip, render, sealedName, erased = [] } = visit
  const goes: Record<ErasedPart, boolean> = {
    film: reel !== undefined,
    recording: clip !== undefined || state === 'uploading',
    // It is deleted as soon as the film is there (E4).
    'recording-before': clip === undefined && reel !== undefined,
    frames: render !== undefined,
    name: sealedName !== undefined,
    work: state === 'queued' || state === 'rendering',
    'kiosk-copy': ON_THE_KIOSK.has(state),
  }
  return ERASED_PARTS.filter((part) => goes[part] || erased.includes(part))
}

/** What an ended visit keeps: enough to answer for itself, nothing that names, shows or opens anything of the visitor. */
export const tombstone = (visit: Visit, now: number): Visit => {
  const { sealedToken: _token, sealedName: _name, clip: _clip, reel: _reel, render: _render, code: _code, ...kept } = visit
  return { ...kept, expiresAt: now + TOMBSTONE_MS, erased: erasedPartsOf(visit) }
}
