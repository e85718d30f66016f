/**
 * Which seconds of the clip each shot plays: F2 and F3 in SPEC.md. All windows are weighed together, for what happens in
 * them and against the seconds they share; frames of the clip throughout, 24 a second.
 */
import type { Cast, Moment } from '../vision/cast.ts'
import { type Happenings, happeningsOf, type Peak, share, travel } from './happenings.ts'
import type { Random } from './random.ts'

export type Need = Moment['kind'] | 'any'
export type Window = { startMs: number; endMs: number }

export type Wish = {
  need: Need
  /** Frames of the clip that it plays; its start is a whole frame. */
  length: number
  /** Whether the face is plainly seen; trails of light or a screen's replay may share seconds more freely. */
  plain: boolean
  close: boolean
  /** Frames after its start that fall on a beat on which something should happen. */
  accents: readonly number[]
  /** Whether it comes to rest, so that its end is looked at. */
  rests: boolean
  /** Frames after its start from which it is slowed, where it is. */
  slowFrom?: number
  /** Start that is settled already: the voice. */
  fixed?: number
}

export type Choice = {
  start: number
  /** The named moment it shows, and what peaks on a beat in it, if anything. */
  moment?: Moment
  peak?: Peak & { kind: 'movement' | 'smile' }
}

/** Starts of two windows differ by at least so many frames. */
export const LEAST_SHIFT = 2
/** What a second shared with another window costs, as a share of the shorter one; a perfect moment on a beat is worth 2.4. */
const SHARED = { plain: 5, other: 1.6, neighbour: 12 } as const
/** Two shots that lie further apart in the film are less likely to be noticed; by how many shots, from two on. */
const FURTHER = [1.3, 1.1, 0.9] as const
/** From this share of the seconds a film plays on, a clip has enough of them; a shorter one must share, and what happens counts more. */
const ENOUGH = 0.55
/** Starting within this many frames of another's start looks like the same take again. */
const ALIKE = 6
/** How near to a beat a peak must be, in frames, to count fully or at all. */
const ON_BEAT = 1.5
/** Widths of itself by which a face may wander in a shot. */
const STEADY = 0.3
const TRIES = 24

export const overlap = (a: Window, b: Window): number => Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs))

const fitness = (cast: Cast, need: Need, start: number, length: number): { score: number; moment?: Moment } => {
  const window = { startMs: (start * 1000) / 24, endMs: ((start + length) * 1000) / 24 }
  let best: { score: number; moment?: Moment } = { score: 0 }
  for (const moment of cast.moments) {
    if (need === 'any' ? moment.kind === 'sentence' : moment.kind !== need) continue
    const shared = overlap(moment, window) / Math.max(1, Math.min(moment.endMs - moment.startMs, window.endMs - window.startMs))
    const score = shared * (0.25 + 0.75 * moment.score)
    if (score > best.score) best = { score, moment }
  }
  return best
}

/** The highest peak that falls on one of the window's accents. */
const onBeat = (peaks: readonly Peak[], wish: Wish, start: number): { score: number; peak?: Peak } => {
  let best: { score: number; peak?: Peak } = { score: 0 }
  for (const peak of peaks)
    for (const accent of wish.accents) {
      const score = peak.height * Math.exp(-(((start + accent - peak.frame) / ON_BEAT) ** 2))
      if (score > best.score) best = { score, peak }
    }
  return best
}

/** The most of a curve over some of its frames. */
const highest = (curve: Float32Array, from: number, to: number): number =>
  Math.max(0, ...curve.subarray(Math.max(0, Math.floor(from)), Math.ceil(to)))

type Weighed = { cost: number; choice: Choice }

/** What a window costs by itself: less the better it shows what is needed, more for what nobody wants to see. */
const weigh = (cast: Cast, seen: Happenings, wish: Wish, start: number): Weighed => {
  const end = start + wish.length
  const { score, moment } = fitness(cast, wish.need, start, wish.length)
  const kind = wish.need === 'smile' ? ('smile' as const) : ('movement' as const)
  const beat = onBeat(kind === 'smile' ? seen.smiles : seen.movements, wish, start)
  const calm = wish.need === 'calm' ? 0.3 : 1
  const last = wish.rests ? end - 4 : end - wish.length / 4
  const cost =
    -1.6 * score -
    0.8 * calm * beat.score +
    (wish.plain ? 3 * share(seen.faceless, start, end) : 0) +
    (wish.plain ? (wish.rests ? 2 : 0.6) * share(seen.shutEyes, last, end) : 0) +
    (wish.close ? 0 : 0.6 * share(seen.cutOff, start, end)) +
    // A mouth that speaks and is not heard looks dubbed.
    (wish.plain ? 0.5 * share(seen.speaking, start, end) : 0) +
    // What moves fastest comes apart between frames.
    (wish.slowFrom === undefined ? 0 : 2 * highest(seen.motion, start + wish.slowFrom, end)) +
    // A face that wanders leaves a picture that it fills.
    (wish.close ? 1.2 : 0.3) * Math.max(0, Math.hypot(travel(seen.faceX, start, end), travel(seen.faceY, start, end)) - STEADY) +
    // Where the clip lost frames the picture jumps, worst in slow motion.
    (wish.slowFrom === undefined ? 1 : 3) * highest(seen.jumps, start + 1, end) +
    // People start and stop a recording: they reach for the screen.
    (start < 4 ? 0.2 : 0) +
    (end > seen.count - 6 ? 0.2 : 0)
  const peak = beat.peak && beat.score > 0.3 ? { ...beat.peak, kind } : undefined
  return { cost, choice: { start, ...(moment && score > 0.25 && { moment }), ...(peak && { peak }) } }
}

/** What two windows cost each other. */
const conflict = (a: Wish, aStart: number, b: Wish, bStart: number, distance: number, scarce: number): number => {
  const shared = Math.max(0, Math.min(aStart + a.length, bStart + b.length) - Math.max(aStart, bStart))
  const apart = Math.abs(aStart - bStart)
  const kind = distance === 1 ? SHARED.neighbour : a.plain && b.plain ? SHARED.plain : SHARED.other
  const weight = scarce * kind * (distance === 1 ? 1 : (FURTHER[distance - 2] ?? 0.75))
  return (
    (weight * shared) / Math.min(a.length, b.length) +
    (apart < LEAST_SHIFT ? 1_000 : shared > 0 && apart < ALIKE ? (weight / 4) * (1 - apart / ALIKE) : 0)
  )
}

/**
 * Chooses a window for every shot, in their order: several starts by chance, each made better one shot at a time until
 * nothing improves, and the best of them.
 */
export const chooseWindows = (cast: Cast, wishes: readonly Wish[], random: Random): Choice[] => {
  const seen = happeningsOf(cast)
  const options = wishes.map((wish): Weighed[] => {
    if (wish.fixed !== undefined) return [{ cost: 0, choice: { start: wish.fixed } }]
    const last = Math.max(0, Math.floor(seen.count - wish.length + 1e-6))
    return Array.from({ length: last + 1 }, (_, start) => {
      const weighed = weigh(cast, seen, wish, start)
      return { ...weighed, cost: weighed.cost + random() * 0.02 }
    })
  })
  const wanted = wishes.reduce((sum, { length }) => sum + length, 0)
  const scarce = Math.min(1, seen.count / Math.max(1, wanted) / ENOUGH)
  const against = (index: number, start: number, chosen: readonly Weighed[]): number =>
    wishes.reduce((sum, other, k) => {
      const wish = wishes[index]
      const taken = chosen[k]?.choice.start
      if (k === index || !wish || taken === undefined) return sum
      return sum + conflict(wish, start, other, taken, Math.abs(k - index), scarce)
    }, 0)
  const improve = (chosen: Weighed[]): number => {
    for (let sweep = 0, better = true; better && sweep < 30; sweep++) {
      better = false
      for (const [index, all] of options.entries()) {
        let least = Number.POSITIVE_INFINITY
        let best = chosen[index]
        for (const option of all) {
          const cost = option.cost + against(index, option.choice.start, chosen)
          if (cost < least - 1e-9) [least, best] = [cost, option]
        }
        if (best && best !== chosen[index]) {
          chosen[index] = best
          better = true
        }
      }
    }
    return chosen.reduce((sum, one, index) => sum + one.cost + against(index, one.choice.start, chosen) / 2, 0)
  }
  let best: { cost: number; chosen: Weighed[] } | undefined
  for (let turn = 0; turn < TRIES; turn++) {
    const chosen = options.flatMap((all) => all[Math.floor(random() * all.length)] ?? [])
    const cost = improve(chosen)
    if (!best || cost < best.cost - 1e-9) best = { cost, chosen }
  }
  return (best?.chosen ?? []).map(({ choice }) => choice)
}
