/** What the compiled kernels take: addresses and numbers. What each means is said where it is written, in `assembly/`. */
export type Kernels = {
  memory: WebAssembly.Memory
  prepare(): void
  heapBase: WebAssembly.Global
  cover(frame: number, w: number, h: number, source: number, sw: number, sh: number, map: number): void
  // biome-ignore format: one line a kernel
  over(frame: number, w: number, x0: number, y0: number, x1: number, y1: number, source: number, sw: number, sh: number, tiles: number, map: number, tint: number, doublings: number): void
  // biome-ignore format: one line a kernel
  add(frame: number, w: number, x0: number, y0: number, x1: number, y1: number, source: number, sw: number, sh: number, tiles: number, map: number, tint: number, doublings: number): void
  survey(tiles: number, source: number, w: number, h: number): void
  mix(out: number, source: number, count: number, keep: number, tint: number, doublings: number): void
  layVeil(frame: number, w: number, y0: number, y1: number, veil: number, vh: number, row: number): void
  blurRows(out: number, source: number, w: number, h: number, radius: number): void
  blurColumns(out: number, source: number, w: number, h: number, radius: number, sums: number): void
  blurDisc(out: number, source: number, w: number, h: number, radius: number, prefix: number, sums: number): void
  halve(out: number, source: number, w: number, h: number): void
  glare(out: number, frame: number, w: number, h: number, threshold: number): void
  raise(out: number, source: number, w: number, h: number, gain: number, shade: number): void
  // biome-ignore format: one line a kernel
  finish(frame: number, w: number, h: number, glow: number, curve: number, grain: number, nx: number, ny: number, colours: number, row: number, y: number, u: number, v: number): void
  upload(out: number, source: number, count: number, decode: number, gains: number): void
  shrinkBytes(out: number, source: number, w: number, h: number, factor: number): void
  // biome-ignore format: one line a kernel
  grade(out: number, pitch: number, source: number, w: number, h: number, decode: number, tone: number, columns: number, rows: number, shade: number, sw: number, sh: number, cells: number): void
  blend(out: number, one: number, other: number, count: number, weight: number): void
  sharpen(out: number, source: number, w: number, h: number, amount: number): void
  outline(out: number, source: number, w: number, h: number): void
  // biome-ignore format: one line a kernel
  person(frame: number, w: number, x0: number, y0: number, x1: number, y1: number, layer: number, lw: number, lh: number, edges: number, ew: number, eh: number, lights: number, p: number): void
  relightRoom(w: number, h: number): number
  // biome-ignore format: one line a kernel
  relight(out: number, w: number, h: number, source: number, bw: number, bh: number, step: number, mesh: number, points: number, left: number, top: number, cells: number, room: number, p: number): void
  rim(out: number, edges: number, ew: number, eh: number, plate: number, pw: number, ph: number, p: number): void
}
