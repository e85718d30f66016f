/**
 * Fits music to the film as an editor does: by whole beats. A sentence takes as many beats as it needs, so that what comes
 * after it would begin somewhere in the music; with the music's marks known, its thin part is made as long as the sentence
 * and its drop falls on the cut, while the last chord stays where the film ends (F19). Pure.
 */
import type { Pack } from '@fanreel/content-packs/schema'
import type { ShotList } from '@fanreel/protocol'

/** `beats` of the music from `music` on, played in the film from beat `film` on. */
export type Piece = { film: number; music: number; beats: number }

/** A bar: what is repeated or left out is a multiple where it can be, so that the harmony goes on. */
const BAR = 4

/** Which beat begins on a frame; undefined where none does. */
const beatAt = (shotList: ShotList, frame: number): number | undefined => {
  const beat = shotList.beatFrames.indexOf(frame)
  return beat >= 0 ? beat : frame === shotList.frames ? shotList.beatFrames.length : undefined
}

/** Fills `beats` of the film from `film` on out of the music between `from` and `to`, so that it ends at `to`. */
const endingAt = (film: number, beats: number, from: number, to: number): Piece[] => {
  const pieces: Piece[] = []
  let left = beats
  while (left > to - from) {
    // Too long: the first bar again and again, before the whole part.
    const bar = Math.min(BAR, to - from, left - (to - from))
    pieces.push({ film: film + beats - left, music: from, beats: bar })
    left -= bar
  }
  return left > 0 ? [...pieces, { film: film + beats - left, music: to - left, beats: left }] : pieces
}

/** Fills `beats` of the film from `film` on so that it begins at the music's `from` and the music's `to` comes after it. */
const between = (film: number, beats: number, from: number, to: number): Piece[] => {
  const part = to - from
  if (beats === part) return [{ film, music: from, beats }]
  if (beats < part) {
    // The beginning, then the end: a whole bar of each where there is room.
    const first = Math.max(Math.min(beats, 1), Math.min(beats, BAR * Math.floor(beats / (2 * BAR)) || beats >> 1))
    return [
      { film, music: from, beats: first },
      { film: film + first, music: to - (beats - first), beats: beats - first },
    ].filter((piece) => piece.beats > 0)
  }
  // Longer: the part, and its last bar once more until there is enough.
  const again = Math.min(BAR, part, beats - part)
  return [...between(film, beats - again, from, to), { film: film + beats - again, music: to - again, beats: again }]
}

/** The pieces of music that a film plays, in order and without a gap. Without marks, or without a sentence, it is the music itself. */
export const arrange = (shotList: ShotList, marks: Pack['music']['marks']): Piece[] => {
  const total = shotList.beatFrames.length
  const whole: Piece[] = [{ film: 0, music: 0, beats: total }]
  const spoken = shotList.shots.find((shot) => shot.voice)
  if (!marks || !spoken) return whole
  const [begins, ends] = [beatAt(shotList, spoken.startFrame), beatAt(shotList, spoken.startFrame + spoken.frames)]
  const last = total - (marks.beats - marks.finale)
  if (begins === undefined || ends === undefined || ends >= last) return whole
  const before =
    begins === 0 ? [] : begins <= marks.thin ? [{ film: 0, music: 0, beats: begins }] : between(0, begins, 0, marks.thin)
  return [
    ...before,
    ...endingAt(begins, ends - begins, marks.thin, marks.drop),
    ...between(ends, last - ends, marks.drop, marks.finale),
    { film: last, music: marks.finale, beats: total - last },
  ]
}
