/**
 * Flashes as WCAG 2.2 defines them (2.3.1, "general flash and red flash thresholds"): pairs of opposing changes over a
 * quarter of a field of the picture. A phone at arm's length fills ten degrees of sight with half its height: a field here.
 */
import { CELLS, GRID, type LightGrid } from './light.ts'

/** A general flash: a change of a tenth of full luminance where the darker side is below 0.8. */
const STEP = 0.1
const DARKER = 0.8
/** A red flash: a change of more than 20 in (R - G - B) x 320 to or from a saturated red. */
const RED_STEP = 20
const AREA = 0.25
/** Changes of one direction in so many pictures are one change of the picture. */
const TOGETHER = 3
export const MOST_FLASHES_A_SECOND = 3

/** First rows of the fields: upper, middle and lower half of the picture. */
const FIELD_ROWS = GRID.height / 2
const FIELD_CELLS = FIELD_ROWS * GRID.width
const FIELDS = [0, GRID.height / 4, GRID.height / 2] as const

type Turn = -1 | 0 | 1
/** Whether a change from `last` to `value` counts. */
type Counts = (cell: number, frame: number, last: number, value: number) => boolean

/** For each picture the cells whose light turned up (1) or down (-1) in it. */
const turnsOf = (values: readonly Float32Array[], counts: Counts): Int8Array[] => {
  // For each cell the extreme since it last turned; it turns when it is a step away from that.
  const extreme = values[0]?.slice() ?? new Float32Array(CELLS)
  const direction = new Int8Array(CELLS)
  return values.map((grid, frame) => {
    const turned = new Int8Array(CELLS)
    for (let cell = 0; cell < CELLS; cell++) {
      const value = grid[cell] ?? 0
      const last = extreme[cell] ?? 0
      const way = direction[cell] ?? 0
      const next: Turn = value > last ? 1 : value < last ? -1 : 0
      if (next === 0) continue
      if (next !== way && counts(cell, frame, last, value)) {
        turned[cell] = next
        direction[cell] = next
        extreme[cell] = value
      } else if (next === way) extreme[cell] = value
    }
    return turned
  })
}

/** Changes of a quarter of one field, in time, directions alternating. No cell's turn is counted for two of them. */
const changesOf = (turns: readonly Int8Array[], firstRow: number): number[] => {
  const from = firstRow * GRID.width
  const changes: number[] = []
  let way: Turn = 0
  let since = 0
  for (let frame = 0; frame < turns.length; frame++) {
    let [up, down] = [0, 0]
    for (const turned of turns.slice(Math.max(since, frame - TOGETHER + 1), frame + 1))
      for (let cell = from; cell < from + FIELD_CELLS; cell++) {
        if (turned[cell] === 1) up++
        else if (turned[cell] === -1) down++
      }
    const next: Turn = up >= down ? 1 : -1
    if (Math.max(up, down) < FIELD_CELLS * AREA || next === way) continue
    changes.push(frame)
    way = next
    since = frame + 1
  }
  return changes
}

const mostInASecond = (frames: readonly number[], fps: number): number =>
  Math.max(0, ...frames.map((from) => frames.filter((frame) => frame >= from && frame < from + fps).length))

/** The most flashes in any second, of either kind, in any field: a flash is a pair of opposing changes. */
export const flashesPerSecond = (grids: readonly LightGrid[], fps: number): number => {
  const general = turnsOf(
    grids.map((grid) => grid.luminance),
    (_, __, last, value) => Math.abs(value - last) >= STEP && Math.min(value, last) < DARKER,
  )
  const red = grids.some(({ saturated }) => saturated.includes(1))
    ? turnsOf(
        grids.map((grid) => grid.redness),
        (cell, frame, last, value) =>
          Math.abs(value - last) > RED_STEP && [-2, -1, 0].some((ago) => grids[frame + ago]?.saturated[cell] === 1),
      )
    : []
  const most = Math.max(...FIELDS.flatMap((row) => [general, red].map((turns) => mostInASecond(changesOf(turns, row), fps))))
  return Math.floor(most / 2)
}
