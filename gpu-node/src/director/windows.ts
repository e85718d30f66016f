/**
 * Which seconds of the clip a shot plays. A window is chosen for what happens in it (the moments the cast names, a face
 * to be seen) and against seconds another shot has already: F2 and F3 in SPEC.md.
 */
import type { Cast, Moment } from '../vision/cast.ts'
import type { Random } from './random.ts'

export type Need = Moment['kind'] | 'any'
export type Window = { startMs: number; endMs: number }
export type WindowRequest = {
  need: Need
  lengthMs: number
  /** Whether the face must be seen. */
  face: boolean
}
export type ChosenWindow = Window & { moment?: Moment; overlapMs: number }

const STEP_MS = 1000 / 24
/** Windows that must overlap start at least this far apart, so that no two are the same. */
export const LEAST_SHIFT_MS = 2 * STEP_MS

export const overlap = (a: Window, b: Window): number => Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs))

const faceShare = (cast: Cast, window: Window): number => {
  const from = Math.floor((window.startMs * 24) / 1000)
  const to = Math.max(from + 1, Math.round((window.endMs * 24) / 1000))
  let seen = 0
  for (let i = from; i < to; i++) if (cast.frames[i]?.face) seen++
  return seen / (to - from)
}

/** How much of a window's end, where a slowed shot comes to rest, has its eyes shut: 0..1. */
const shutEyes = (cast: Cast, window: Window): number => {
  const last = Math.round((window.endMs * 24) / 1000) - 1
  const faces = [last - 3, last - 2, last - 1, last].flatMap((index) => cast.frames[index]?.face ?? [])
  return faces.length === 0 ? 0 : faces.filter((face) => face.eyesOpen < 0.75).length / faces.length
}

/** How well a window shows what is needed, 0..1, and by which moment. */
const fitness = (cast: Cast, need: Need, window: Window): { score: number; moment?: Moment } => {
  let best: { score: number; moment?: Moment } = { score: 0 }
  for (const moment of cast.moments) {
    if (need !== 'any' && moment.kind !== need) continue
    const shared = overlap(moment, window) / Math.max(1, Math.min(moment.endMs - moment.startMs, window.endMs - window.startMs))
    const score = shared * (0.5 + 0.5 * moment.score)
    if (score > best.score) best = { score, moment }
  }
  return best
}

/**
 * Picks a window for each request, in the order given, against `taken`. Seconds shared with another window weigh more
 * than anything a moment could offer, so that windows overlap only where the clip has no free seconds of that length.
 */
export const chooseWindows = (
  cast: Cast,
  requests: readonly WindowRequest[],
  taken: readonly Window[],
  random: Random,
): ChosenWindow[] => {
  const duration = cast.clip.durationMs
  const chosen: ChosenWindow[] = []
  for (const request of requests) {
    const length = Math.min(request.lengthMs, duration)
    const all = [...taken, ...chosen]
    let best: { cost: number; window: ChosenWindow } | undefined
    const last = Math.max(0, Math.floor((duration - length) / STEP_MS + 1e-6))
    for (let step = 0; step <= last; step++) {
      const startMs = step * STEP_MS
      const window = { startMs, endMs: Math.min(duration, startMs + length) }
      const overlapMs = all.reduce((sum, other) => sum + overlap(window, other), 0)
      const same = all.some((other) => Math.abs(other.startMs - startMs) < LEAST_SHIFT_MS - 1)
      const { score, moment } = fitness(cast, request.need, window)
      const hidden = request.face ? 1 - faceShare(cast, window) : 0
      // Leaving a rest too short for anybody wastes seconds; windows side by side waste none.
      const gap = all.reduce(
        (least, other) => Math.min(least, Math.abs(other.endMs - startMs), Math.abs(other.startMs - window.endMs)),
        Math.min(startMs, duration - window.endMs),
      )
      const cost =
        (overlapMs / length) * 100 +
        (same ? 1_000 : 0) +
        hidden * 3 +
        (request.face ? shutEyes(cast, window) : 0) -
        score +
        Math.min(1, gap / length) * 0.2 +
        random() * 0.02
      if (!best || cost < best.cost) best = { cost, window: { ...window, overlapMs, ...(moment && { moment }) } }
    }
    if (best) chosen.push(best.window)
  }
  return chosen
}
