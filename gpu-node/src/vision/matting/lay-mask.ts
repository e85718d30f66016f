/** A network's mask brought onto a raster. */
import type { Box } from '../cast.ts'
import { gridOf, NET_SIDE } from './kernel.ts'

type Sampler = { base: Int32Array; share: Float32Array }

/** Where each cell of an axis falls in a net's mask that covers `part` of it. */
const sampler = (cells: number, regionStart: number, regionSize: number, partStart: number, partSize: number): Sampler => {
  const base = new Int32Array(cells)
  const share = new Float32Array(cells)
  for (let cell = 0; cell < cells; cell++) {
    const place = regionStart + ((cell + 0.5) * regionSize) / cells
    const at = Math.min(NET_SIDE - 1.001, Math.max(0, ((place - partStart) / partSize) * NET_SIDE - 0.5))
    base[cell] = Math.floor(at)
    share[cell] = at - Math.floor(at)
  }
  return { base, share }
}

/** A whole look of probability p leaves at least 2p less this: .9 of a sure body, nothing of what was half seen. */
const SURE = 1.1

/** Weight of the head's look: 1 inside, falling to 0 over the outer eighth, so that no seam shows. */
const feather = (place: number, start: number, size: number): number => {
  const inside = Math.min(place - start, start + size - place) / (size / 8)
  return Math.min(1, Math.max(0, inside))
}

/** Lays a net's mask over the grid; where `blend`, only in the part it covers and feathered. */
export const layMask = (net: Float32Array, part: Box, mask: Float32Array, region: Box, blend: boolean): void => {
  const { columns, rows } = gridOf(region)
  const across = sampler(columns, region.x, region.width, part.x, part.width)
  const down = sampler(rows, region.y, region.height, part.y, part.height)
  const weightX = new Float32Array(columns)
  for (let x = 0; x < columns; x++)
    weightX[x] = blend ? feather(region.x + ((x + 0.5) * region.width) / columns, part.x, part.width) : 1
  for (let y = 0; y < rows; y++) {
    const weightY = blend ? feather(region.y + ((y + 0.5) * region.height) / rows, part.y, part.height) : 1
    if (weightY === 0) continue
    const row = (down.base[y] ?? 0) * NET_SIDE
    const fy = down.share[y] ?? 0
    for (let x = 0; x < columns; x++) {
      const weight = weightY * (weightX[x] ?? 0)
      if (weight === 0) continue
      const at = row + (across.base[x] ?? 0)
      const fx = across.share[x] ?? 0
      const upper = (net[at] ?? 0) * (1 - fx) + (net[at + 1] ?? 0) * fx
      const lower = (net[at + NET_SIDE] ?? 0) * (1 - fx) + (net[at + NET_SIDE + 1] ?? 0) * fx
      const to = y * columns + x
      const before = mask[to] ?? 0
      const seen = upper * (1 - fy) + lower * fy
      // A look at a part knows edges better and bodies worse: it bores no hole where the whole look is sure.
      const trusted = blend ? Math.max(seen, 2 * before - SURE) : seen
      mask[to] = before + (trusted - before) * weight
    }
  }
}
