/**
 * What is heard besides music and voice, and when: read from the director's shot list, on the frame of the cut. Pure; a sound
 * that a pack does not have is left out by the mix.
 */
import type { Shot, ShotList } from '@fanreel/protocol'
import { windowPosition } from '../director/pace.ts'
import type { Moment } from '../vision/cast.ts'

/** Which part of a sound falls on the frame: its first sample, its middle, or its end (F20). */
export type Anchor = 'start' | 'middle' | 'end'
export type Cue = { sound: string; frame: number; anchor: Anchor; gain: number }

/** Where people are seen or near, how loud they are; where none are, nothing. */
const CROWD: Record<Shot['treatment'], number> = {
  silhouette: 0.1,
  boards: 0.34,
  interview: 0.16,
  screen: 0.36,
  'close-up': 0.2,
  echo: 0.24,
  ice: 0.4,
}
/** The open air, heard best before the music is there and where the place is wide. */
const AMBIENCE: Record<Shot['framing'], number> = { close: 0.1, medium: 0.16, wide: 0.3 }

/** How loud the beds are in a shot: people, and the air of the place. */
export const bedsOf = (shot: Shot): { crowd: number; ambience: number } => ({
  crowd: CROWD[shot.treatment],
  ambience: AMBIENCE[shot.framing],
})

/** A cheer begins this long before what it is for: people see it coming, and it takes a moment to swell. In seconds. */
const SWELL = 0.2
/** Two cheers lie at least this far apart, in seconds. */
const APART = 4
/** Cameras go off on these beats of a shot in which the star stands before the crowd, counted from its cut. */
const FLASHES = [0.75, 1.25, 2.5]

/** The frame of the film on which a shot shows this time of the clip; undefined where it does not. */
const frameOf = (shot: Shot, timeMs: number): number | undefined => {
  const share = (timeMs - shot.source.startMs) / Math.max(1, shot.source.endMs - shot.source.startMs)
  if (share < 0 || share > 1) return undefined
  for (let i = 0; i < shot.frames; i++)
    if (windowPosition(i / Math.max(1, shot.frames - 1), shot.source) >= share) return shot.startFrame + i
  return undefined
}

/** Where the film shows the liveliest moment, away from voice and finale. */
const peakOf = (shotList: ShotList, moments: readonly Moment[]): number | undefined => {
  const last = shotList.shots.at(-1)
  const lively = moments.filter(({ kind }) => kind === 'lively').sort((a, b) => b.score - a.score)
  for (const { startMs, endMs } of lively) {
    for (const shot of shotList.shots) {
      const frame =
        shot.voice || shot === last || shot.treatment === 'silhouette' ? undefined : frameOf(shot, (startMs + endMs) / 2)
      if (frame !== undefined && frame > shotList.fps && (last?.startFrame ?? 0) - frame > APART * shotList.fps) return frame
    }
  }
  return undefined
}

const cuesOfShot = (shot: Shot, before: Shot | undefined, last: boolean, beat: number): Cue[] => {
  // Beside a voice nothing strikes: a word under a drum is lost.
  const soft = shot.voice || before?.voice ? 0.6 : 1
  const at = shot.startFrame
  const cues: Cue[] = []
  if (before && shot.transition === 'whip') cues.push({ sound: 'whoosh', frame: at, anchor: 'middle', gain: 0.5 * soft })
  if (before && shot.transition === 'flash') {
    cues.push({ sound: 'hit', frame: at, anchor: 'start', gain: 0.5 * soft })
    cues.push({ sound: 'riser', frame: at, anchor: 'end', gain: before.voice ? 0.1 : 0.26 })
  }
  // Where the film ends somebody stands and is cheered; glided is before.
  if (shot.treatment === 'echo' || (shot.treatment === 'ice' && !last))
    cues.push({ sound: 'glide', frame: at + 3, anchor: 'start', gain: 0.34 })
  if (shot.treatment === 'boards' && !shot.voice)
    for (const [index, share] of FLASHES.entries())
      if (share * beat < shot.frames)
        cues.push({ sound: 'shutter', frame: Math.round(at + share * beat), anchor: 'start', gain: 0.26 - 0.06 * index })
  // The picture comes to rest: somebody has taken it.
  if (shot.source.ramp?.to === 0)
    cues.push({ sound: 'shutter', frame: Math.round(at + shot.source.ramp.at * (shot.frames - 1)), anchor: 'start', gain: 0.4 })
  return cues
}

/** Every effect of a film. `moments`: what the cast names of the clip, for the cheer at the liveliest of them. */
export const placeCues = (shotList: ShotList, moments: readonly Moment[]): Cue[] => {
  const { shots, fps } = shotList
  const beat = shotList.beatFrames[1] ?? fps / 2
  const cues = shots.flatMap((shot, index) => cuesOfShot(shot, shots[index - 1], index === shots.length - 1, beat))
  const last = shots.at(-1)
  const peak = peakOf(shotList, moments)
  const early = Math.round(SWELL * fps)
  if (peak !== undefined) cues.push({ sound: 'cheer', frame: Math.max(0, peak - early), anchor: 'start', gain: 0.32 })
  if (last) cues.push({ sound: 'cheer', frame: Math.max(0, last.startFrame - early), anchor: 'start', gain: 0.5 })
  return cues.sort((a, b) => a.frame - b.frame)
}
