/** Which moments of a film stand on its sheet, and in how many columns. Pure. */
import type { ShotList } from '@fanreel/protocol'

/** `seconds` rise; they are laid row by row. */
export type Sheet = { seconds: readonly number[]; columns: number }

/** Where a shot is looked at: past the transition, in the middle, before the next one, as shares of its length. */
const LOOKS = [0.2, 0.5, 0.9]
/** Shots beside one another, so that six of them make a picture that fits a screen. */
const SHOTS_A_ROW = 2
const MOST_COLUMNS = 8

/** @param moments seconds, in any order */
export const sheetAt = (moments: readonly number[]): Sheet => ({
  seconds: [...moments].sort((a, b) => a - b),
  columns: Math.max(1, moments.length),
})

/** Three looks at each shot, two shots a row. */
export const sheetOfShots = ({ shots, fps }: Pick<ShotList, 'shots' | 'fps'>): Sheet => ({
  seconds: shots.flatMap((shot) => LOOKS.map((share) => Math.floor(shot.startFrame + share * (shot.frames - 1)) / fps)),
  columns: LOOKS.length * SHOTS_A_ROW,
})

/** A look every `every` seconds, from half of that on. */
export const sheetOfLength = (length: number, every: number): Sheet => {
  const count = Math.max(1, Math.floor(length / every))
  return {
    seconds: Array.from({ length: count }, (_, index) => (index + 0.5) * every),
    columns: Math.min(MOST_COLUMNS, count),
  }
}
