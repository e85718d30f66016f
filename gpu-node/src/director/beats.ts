/** The film's time, measured in beats of its music: how long the film is, and on which frame each beat falls (F6). */

/** Frames a second of every film. */
export const FILM_FPS = 24
/** The length a film should have, in frames: 15 s. */
export const FILM_FRAMES = 360

export type Music = { bpm: number; firstBeatMs: number }

/** The frame on which beat `index` falls; beat 0 is the film's first frame, and the music is started so that it is. */
export const beatFrame = (music: Pick<Music, 'bpm'>, index: number): number => Math.round((index * 60 * FILM_FPS) / music.bpm)

/** How many whole beats come nearest to the length a film should have. */
export const filmBeats = (music: Pick<Music, 'bpm'>): number =>
  Math.max(1, Math.round((FILM_FRAMES * music.bpm) / (60 * FILM_FPS)))

/**
 * Spreads `total` beats over slots that ask for `wanted` beats each, none under `least`. What is too much or too little
 * is taken from or given to the slots in turn, the longest first to give and the last first to take; a fixed one gives
 * only where the others have no more.
 */
export const spreadBeats = (wanted: readonly number[], total: number, least: number, fixed: ReadonlySet<number>): number[] => {
  const beats = wanted.map((count) => Math.max(least, count))
  const free = beats.map((_, index) => index).filter((index) => !fixed.has(index))
  const order = free.length > 0 ? free : beats.map((_, index) => index)
  const sum = () => beats.reduce((all, count) => all + count, 0)
  for (let turn = 0; sum() < total; turn++) {
    const index = order[order.length - 1 - (turn % order.length)] ?? 0
    beats[index] = (beats[index] ?? 0) + 1
  }
  while (sum() > total) {
    const longestOf = (among: readonly number[]) =>
      among.reduce((best, index) => ((beats[index] ?? 0) > (beats[best] ?? 0) ? index : best), among[0] ?? 0)
    const giving = order.filter((index) => (beats[index] ?? 0) > least)
    const longest = longestOf(giving.length > 0 ? giving : beats.map((_, index) => index))
    if ((beats[longest] ?? 0) <= 1) break
    beats[longest] = (beats[longest] ?? 0) - 1
  }
  return beats
}
