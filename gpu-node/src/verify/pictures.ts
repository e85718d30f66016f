/**
 * What can be seen of a reel without knowing who is in it: whether it is black, stands still or flashes. Judged on small
 * pictures of relative luminance, a sixteenth of the film's width.
 */

/** Columns and rows of a small picture. */
export const GRID = { width: 45, height: 80 } as const
const CELLS = GRID.width * GRID.height

/** Mean relative luminance (0..1, linear) of each cell of an RGBA picture. */
export const luminanceGrid = (data: Uint8Array, width: number, height: number): Float32Array => {
  const grid = new Float32Array(CELLS)
  const counts = new Float32Array(CELLS)
  for (let y = 0; y < height; y += 2) {
    const row = Math.min(GRID.height - 1, Math.floor((y * GRID.height) / height)) * GRID.width
    for (let x = 0; x < width; x += 2) {
      const at = (y * width + x) * 4
      const value = (0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0)) / 255
      const cell = row + Math.min(GRID.width - 1, Math.floor((x * GRID.width) / width))
      // 2.2 stands in for sRGB's curve: thresholds here are coarse.
      grid[cell] = (grid[cell] ?? 0) + value ** 2.2
      counts[cell] = (counts[cell] ?? 0) + 1
    }
  }
  return grid.map((value, i) => value / Math.max(1, counts[i] ?? 1))
}

/** A picture darker than this in all its cells but a few is black. */
const BLACK = 0.012
/** Two pictures that differ by less on average are the same one, encoded twice. */
const STILL = 0.0004
/** Longest time a film may stand still or be black, in pictures. */
const MOST_STILL_FRAMES = 24
const MOST_BLACK_FRAMES = 18

const mean = (grid: Float32Array) => grid.reduce((sum, value) => sum + value, 0) / CELLS
const change = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / CELLS

const longestRun = (values: readonly boolean[]): number => {
  let run = 0
  let longest = 0
  for (const value of values) {
    run = value ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}

export const isBlack = (grids: readonly Float32Array[]): boolean =>
  longestRun(grids.map((grid) => mean(grid) < BLACK && grid.filter((value) => value > 0.05).length < CELLS * 0.01)) >
  MOST_BLACK_FRAMES

export const isFrozen = (grids: readonly Float32Array[]): boolean =>
  longestRun(grids.slice(1).map((grid, i) => change(grid, grids[i] ?? grid) < STILL)) > MOST_STILL_FRAMES

/** A change of a tenth of the full range where the darker side is below 0.8, over a quarter of the picture (WCAG 2.3.1). */
const FLASH_STEP = 0.1
const FLASH_AREA = 0.25
export const MOST_FLASHES_A_SECOND = 3

/** The most flashes (a rise and a fall) in any second. */
export const flashesPerSecond = (grids: readonly Float32Array[], fps: number): number => {
  // For each cell the extreme since it last turned; a turn counts when it is a step away from that.
  const extreme = grids[0]?.slice() ?? new Float32Array(CELLS)
  const direction = new Int8Array(CELLS)
  const turns: { frame: number; up: number; down: number }[] = []
  grids.forEach((grid, frame) => {
    let up = 0
    let down = 0
    for (let i = 0; i < CELLS; i++) {
      const value = grid[i] ?? 0
      const last = extreme[i] ?? 0
      const way = direction[i] ?? 0
      if (way >= 0 && value > last) extreme[i] = value
      else if (way <= 0 && value < last) extreme[i] = value
      if (way <= 0 && value - last >= FLASH_STEP && last < 0.8) {
        up++
        direction[i] = 1
        extreme[i] = value
      } else if (way >= 0 && last - value >= FLASH_STEP && value < 0.8) {
        down++
        direction[i] = -1
        extreme[i] = value
      }
    }
    turns.push({ frame, up, down })
  })
  // Turns of one direction within three pictures are one event of the whole picture.
  const events: { frame: number; up: boolean }[] = []
  for (let frame = 0; frame < turns.length; frame++) {
    const near = turns.slice(Math.max(0, frame - 2), frame + 1)
    const up = near.reduce((sum, turn) => sum + turn.up, 0) > CELLS * FLASH_AREA
    const down = near.reduce((sum, turn) => sum + turn.down, 0) > CELLS * FLASH_AREA
    const last = events.at(-1)
    if (up && !(last?.up === true && frame - last.frame < 3)) events.push({ frame, up: true })
    else if (down && !(last?.up === false && frame - last.frame < 3)) events.push({ frame, up: false })
  }
  const flashes = events.filter((event, i) => i > 0 && events[i - 1]?.up !== event.up).map((event) => event.frame)
  let most = 0
  for (const from of flashes) most = Math.max(most, flashes.filter((frame) => frame >= from && frame < from + fps).length)
  // A flash is a pair of opposing changes.
  return Math.floor(most / 2)
}
