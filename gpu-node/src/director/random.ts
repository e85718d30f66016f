/** Chance that can be played again: the same seed gives the same numbers on every machine. */

export type Random = () => number

/** Numbers in 0..1 from a seed (mulberry32, public domain, by Tommy Ettinger). */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A seed for one purpose of a film, so that one purpose's draws do not shift another's (FNV-1a over the words). */
export const seedFor = (seed: number, ...words: readonly (string | number)[]): number => {
  let hash = 0x811c9dc5 ^ seed
  for (const word of words) for (const letter of `${word}|`) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}
