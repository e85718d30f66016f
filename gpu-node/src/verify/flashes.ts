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
/** The picture before a change and the change itself may be the red one, in time. */
const RED_WITHIN = [-2, -1, 0] as const
/** Changes of one direction in so many pictures are one change of the picture. */
const TOGETHER = 3
export const MOST_FLASHES_A_SECOND = 3

/** First rows of the fields: upper, middle and lower half of the picture. */
const FIELD_ROWS = GRID.height / 2
const FIELD_CELLS = FIELD_ROWS * GRID.width
const FIELDS = [0, GRID.height / 4, GRID.height / 2] as const

type Turn = -1 | 0 | 1
type Kind = {
  values: readonly Float32Array[]
  step: number
  /** Whether a change that is large enough counts, by its darker side; by default it does. */
  darker?: number
  /** Which cells are red, where only changes to or from red count. */
  red?: readonly Uint8Array[]
}
/** How many cells of each field turned brighter and darker in a picture. */
type Turned = { up: number[]; down: number[] }

const fieldsOf = (cell: number): number[] => {
  const row = Math.floor(cell / GRID.width)
  return FIELDS.flatMap((first, field) => (row >= first && row < first + FIELD_ROWS ? [field] : []))
}
const FIELDS_OF_CELL = Array.from({ length: CELLS }, (_, cell) => fieldsOf(cell))

/** For each picture the cells whose light turned in it. */
const turnsOf = ({ values, step, darker = Number.POSITIVE_INFINITY, red }: Kind): Turned[] => {
  // For each cell the extreme since it last turned; it turns when it is a step away from that.
  const extreme = values[0]?.slice() ?? new Float32Array(CELLS)
  const direction = new Int8Array(CELLS)
  return values.map((grid, frame) => {
    const reds = red && RED_WITHIN.map((ago) => red[frame + ago])
    const turned: Turned = { up: FIELDS.map(() => 0), down: FIELDS.map(() => 0) }
    for (let cell = 0; cell < CELLS; cell++) {
      const value = grid[cell] ?? 0
      const last = extreme[cell] ?? 0
      if (value === last) continue
      const next = value > last ? 1 : -1
      if (next === direction[cell]) extreme[cell] = value
      else {
        const counts = Math.abs(value - last) >= step && Math.min(value, last) < darker
        if (!counts || (reds && !reds.some((near) => near?.[cell] === 1))) continue
        direction[cell] = next
        extreme[cell] = value
        const side = next === 1 ? turned.up : turned.down
        for (const field of FIELDS_OF_CELL[cell] ?? []) side[field] = (side[field] ?? 0) + 1
      }
    }
    return turned
  })
}

/** Changes of a quarter of one field, in time, directions alternating. No cell's turn is counted for two of them. */
const changesOf = (turns: readonly Turned[], field: number): number[] => {
  const changes: number[] = []
  let way: Turn = 0
  let since = 0
  for (let frame = 0; frame < turns.length; frame++) {
    let [up, down] = [0, 0]
    for (let near = Math.max(since, frame - TOGETHER + 1); near <= frame; near++) {
      up += turns[near]?.up[field] ?? 0
      down += turns[near]?.down[field] ?? 0
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
  const general = turnsOf({ values: grids.map(({ luminance }) => luminance), step: STEP, darker: DARKER })
  const red = grids.some(({ saturated }) => saturated.includes(1))
    ? turnsOf({ values: grids.map(({ redness }) => redness), step: RED_STEP, red: grids.map(({ saturated }) => saturated) })
    : []
  const most = Math.max(
    ...FIELDS.flatMap((_, field) => [general, red].map((turns) => mostInASecond(changesOf(turns, field), fps))),
  )
  return Math.floor(most / 2)
}
