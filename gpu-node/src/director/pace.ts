/**
 * How fast a shot plays its window of the clip. As a rule as filmed, which is what makes a film alive; one or two shots
 * fall into slow motion on a beat, and the last one may come to rest (decision 0008).
 */
import type { Shot } from '@fanreel/protocol'
import type { Need } from './windows.ts'

export type Ramp = NonNullable<Shot['source']['ramp']>
/** `speed`: as filmed 1; with a ramp the mean of it. */
export type Pace = { speed: number; ramp?: Ramp }

/** Half the share of a shot over which its pace changes: a change from one picture to the next looks like a fault. */
const TURN = 0.05

/** How far a ramp has come at `t` (0..1), where 1 is the shot's length as filmed. */
const travelled = (t: number, { at, from, to }: Ramp): number => {
  const begin = Math.max(0, at - TURN)
  const end = Math.min(1, at + TURN)
  if (t <= begin) return from * t
  const turning = Math.min(t, end) - begin
  const way = from * (begin + turning) + ((to - from) * turning ** 2) / (2 * Math.max(1e-6, end - begin))
  return t <= end ? way : way + to * (t - end)
}

/** The mean speed of a ramp. */
export const meanSpeed = (ramp: Ramp): number => travelled(1, ramp)

/**
 * Where in its window a shot is at time `t` of its length, both 0..1: 0 is the window's first frame and 1 its last. The
 * one place in which a source's speed is read; engines draw by it.
 */
export const windowPosition = (t: number, source: Pick<Shot['source'], 'ramp'>): number =>
  source.ramp ? travelled(t, source.ramp) / Math.max(1e-6, meanSpeed(source.ramp)) : t

/** How many frames of the clip (24 a second) a shot of so many pictures plays: its first and last picture show first and last. */
export const windowFrames = (pictures: number, speed: number): number => (pictures - 1) * speed + 1

/** A shot as far as its pace depends on it. `beats`: its pictures on which a beat falls, the first (0) left out. */
export type PacedShot = {
  need: Need
  framing: Shot['framing']
  treatment: Shot['treatment']
  pictures: number
  beats: readonly number[]
  voice: boolean
}

/** Slow motion: quick into the moment, and slow from the beat on which it comes. */
const INTO = 1.25
const SLOW = 0.45
/** Most shots of a film that fall into slow motion. */
const MOST_SLOW = 2
/** The slowest mean speed: below, frames between frames show. */
const SLOWEST = 0.25
/** A clip shorter than this is played a little slower throughout, down to `UNHURRIED`, in frames of the clip. */
const SHORT_CLIP = 96
const UNHURRIED = 0.8
/** A window leaves this much of the clip, in frames a shot of the film, so that a very short clip still has windows to choose from. */
const LEFT_A_SHOT = 2.5

/** How well slow motion suits a shot: a face that fills the picture, a smile, a replay on the arena's screen. */
const slowness = ({ need, framing, treatment }: PacedShot): number =>
  (framing === 'close' ? 3 : 0) +
  (need === 'smile' ? 1 : 0) +
  (treatment === 'screen' ? 2 : 0) -
  (treatment === 'silhouette' ? 1 : 0)

/**
 * The shots that fall into slow motion: never the last, the first only where a face fills it, never where the voice is heard,
 * never two in a row.
 */
const slowShots = (shots: readonly PacedShot[]): ReadonlySet<number> => {
  const slow = new Set<number>()
  const candidates = shots
    .map((shot, index) => ({ index, worth: slowness(shot), shot }))
    .slice(0, -1)
    .filter(({ index, worth, shot }) => worth >= (index === 0 ? 3 : 2) && !shot.voice && shot.beats.length >= 2)
    .sort((a, b) => b.worth - a.worth || a.index - b.index)
  for (const { index } of candidates) if (slow.size < MOST_SLOW && !slow.has(index - 1) && !slow.has(index + 1)) slow.add(index)
  return slow
}

const rampAt = (shot: PacedShot, picture: number | undefined, from: number, to: number): Pace => {
  if (picture === undefined) return { speed: from }
  const ramp = { at: Math.round((picture / Math.max(1, shot.pictures - 1)) * 1000) / 1000, from, to }
  return { speed: meanSpeed(ramp), ramp }
}

/** A pace for each shot, in their order. `clipFrames`: the clip's length in frames. */
export const paceShots = (shots: readonly PacedShot[], clipFrames: number): Pace[] => {
  const slow = slowShots(shots)
  const natural = Math.max(UNHURRIED, Math.min(1, clipFrames / SHORT_CLIP))
  const most = Math.max(1, clipFrames - LEFT_A_SHOT * shots.length)
  return shots.map((shot, index) => {
    if (shot.voice) return { speed: 1 }
    const rests = index === shots.length - 1 && shot.beats.length >= 2
    const pace = slow.has(index)
      ? rampAt(shot, shot.beats[0], INTO * natural, SLOW)
      : rests
        ? rampAt(shot, shot.beats.at(-1), natural, 0)
        : { speed: natural }
    const played = windowFrames(shot.pictures, pace.speed)
    if (played <= most) return pace
    const shrink = Math.max(SLOWEST / pace.speed, (most - 1) / (played - 1))
    const ramp = pace.ramp && { ...pace.ramp, from: pace.ramp.from * shrink, to: pace.ramp.to * shrink }
    return { speed: pace.speed * shrink, ...(ramp && { ramp }) }
  })
}
