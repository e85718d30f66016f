/**
 * The compositor: layers of linear light in WebAssembly memory and the operations on them. One instance belongs to one
 * thread. Memory is taken in order and given back to a mark: a shot takes what it needs and everything goes at its end.
 */
import { type Affine, boundsOf } from './affine.ts'

/** Pixels of four 32-bit floats: premultiplied red, green, blue in linear light (1 = paper white) and alpha 0..1. */
export type Layer = { readonly at: number; readonly width: number; readonly height: number }
export type Rgb = readonly [number, number, number]

type Kernels = {
  memory: WebAssembly.Memory
  prepare(): void
  heapBase: WebAssembly.Global
  cover(frame: number, w: number, h: number, source: number, sw: number, sh: number, map: number): void
  // biome-ignore format: one line a kernel
  over(frame: number, w: number, x0: number, y0: number, x1: number, y1: number, source: number, sw: number, sh: number, map: number, r: number, g: number, b: number, opacity: number): void
  // biome-ignore format: one line a kernel
  add(frame: number, w: number, x0: number, y0: number, x1: number, y1: number, source: number, sw: number, sh: number, map: number, r: number, g: number, b: number): void
  blurRows(out: number, source: number, w: number, h: number, radius: number): void
  blurColumns(out: number, source: number, w: number, h: number, radius: number, sums: number): void
  blurDisc(out: number, source: number, w: number, h: number, radius: number, prefix: number): void
  mix(out: number, source: number, count: number, keep: number, r: number, g: number, b: number): void
  shrink4(out: number, source: number, w: number, h: number, threshold: number): void
  // biome-ignore format: one line a kernel
  finish(frame: number, w: number, h: number, glow: number, curve: number, noise: number, nx: number, ny: number, p: number, y: number, u: number, v: number): void
  // biome-ignore format: one line a kernel
  grade(out: number, source: number, w: number, h: number, shrink: number, decode: number, tone: number, columns: number, rows: number, shade: number, sw: number, sh: number, step: number, r: number, g: number, b: number): void
  blend(out: number, one: number, other: number, count: number, weight: number, otherWeight: number): void
  outline(out: number, source: number, w: number, h: number): void
  // biome-ignore format: one line a kernel
  person(frame: number, w: number, x0: number, y0: number, x1: number, y1: number, layer: number, lw: number, lh: number, edges: number, ew: number, eh: number, plate: number, pw: number, ph: number, p: number): void
  sharpen(out: number, source: number, w: number, h: number, amount: number): void
}

const PAGE = 65_536
const BYTES = 16

/** sRGB byte to linear light. */
export const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
  const v = byte / 255
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
})

/** Makes an instance of the compiled compositor. */
export const createCompositor = async (module: WebAssembly.Module) => {
  const instance = await WebAssembly.instantiate(module, { env: { abort: () => void 0 } })
  const kernels = instance.exports as unknown as Kernels
  kernels.prepare()
  let top = (Number(kernels.heapBase.value) + 63) & ~63

  const alloc = (bytes: number): number => {
    const at = top
    top = (top + bytes + 63) & ~63
    const missing = top - kernels.memory.buffer.byteLength
    if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE))
    return at
  }
  const bytes = (at: number, length: number) => new Uint8Array(kernels.memory.buffer, at, length)
  const floats = (at: number, length: number) => new Float32Array(kernels.memory.buffer, at, length)
  const layer = (width: number, height: number): Layer => ({ at: alloc(width * height * BYTES), width, height })
  const pixels = (of: Layer) => floats(of.at, of.width * of.height * 4)

  const mapAt = alloc(24)
  const setMap = (map: Affine): number => {
    floats(mapAt, 6).set(map)
    return mapAt
  }

  return {
    kernels,
    alloc,
    bytes,
    floats,
    layer,
    pixels,
    /** Everything taken after a mark is given back by `release(mark)`. */
    mark: () => top,
    release: (mark: number) => {
      top = mark
    },
    copy: (of: Layer): Layer => {
      const out = layer(of.width, of.height)
      pixels(out).set(pixels(of))
      return out
    },
    clear: (of: Layer) => void pixels(of).fill(0),

    /**
     * Takes straight-alpha sRGB bytes in. `highlights` opens up what an 8-bit picture has clipped: white becomes that many
     * times brighter, so that lamps bloom and turn into bright discs out of focus.
     */
    upload: (rgba: Uint8Array | Uint8ClampedArray, width: number, height: number, highlights = 1): Layer => {
      const out = layer(width, height)
      const to = pixels(out)
      for (let i = 0; i < to.length; i += 4) {
        const alpha = (rgba[i + 3] ?? 0) / 255
        const peak = Math.max(rgba[i] ?? 0, rgba[i + 1] ?? 0, rgba[i + 2] ?? 0) / 255
        const t = Math.max(0, (peak - 0.72) / 0.28)
        const gain = alpha * (1 + (highlights - 1) * t * t * t)
        to[i] = (LINEAR[rgba[i] ?? 0] ?? 0) * gain
        to[i + 1] = (LINEAR[rgba[i + 1] ?? 0] ?? 0) * gain
        to[i + 2] = (LINEAR[rgba[i + 2] ?? 0] ?? 0) * gain
        to[i + 3] = alpha
      }
      return out
    },

    /** Near Gaussian blur in place (three boxes); `radius` of each box in pixels. */
    gaussian: (of: Layer, radius: number) => {
      if (radius < 1) return
      const before = top
      const other = layer(of.width, of.height)
      const sums = alloc(of.width * BYTES)
      for (let pass = 0; pass < 3; pass++) {
        kernels.blurRows(other.at, of.at, of.width, of.height, radius)
        kernels.blurColumns(of.at, other.at, of.width, of.height, radius, sums)
      }
      top = before
    },
    /** Blur along the rows only, in place, three times. */
    smear: (of: Layer, radius: number) => {
      const before = top
      const other = layer(of.width, of.height)
      kernels.blurRows(other.at, of.at, of.width, of.height, radius)
      kernels.blurRows(of.at, other.at, of.width, of.height, radius)
      top = before
    },
    /** Lens blur into a new layer: every point of light becomes a disc of that radius. What `sharp` makes is not kept. */
    defocused: (sharp: () => Layer, width: number, height: number, radius: number): Layer => {
      const out = layer(width, height)
      const before = top
      const of = sharp()
      kernels.blurDisc(out.at, of.at, width, height, radius, alloc((width + 1) * height * BYTES))
      top = before
      return out
    },
    /** A new layer at a quarter of the size; above 0, `threshold` keeps only light brighter than that. */
    quarter: (of: Layer, threshold = 0, into?: Layer): Layer => {
      const out = into ?? layer(of.width >> 2, of.height >> 2)
      kernels.shrink4(out.at, of.at, of.width, of.height, threshold)
      return out
    },

    cover: (frame: Layer, source: Layer, map: Affine) =>
      kernels.cover(frame.at, frame.width, frame.height, source.at, source.width, source.height, setMap(map)),
    over: (frame: Layer, source: Layer, map: Affine, opacity = 1, tint: Rgb = [1, 1, 1]) => {
      const b = boundsOf(map, source.width, source.height, frame.width, frame.height)
      if (b.x0 >= b.x1 || b.y0 >= b.y1 || opacity <= 0) return
      // biome-ignore format: the kernel's order
      kernels.over(frame.at, frame.width, b.x0, b.y0, b.x1, b.y1, source.at, source.width, source.height, setMap(map), tint[0], tint[1], tint[2], opacity)
    },
    add: (frame: Layer, source: Layer, map: Affine, light: Rgb) => {
      const b = boundsOf(map, source.width, source.height, frame.width, frame.height)
      if (b.x0 >= b.x1 || b.y0 >= b.y1) return
      // biome-ignore format: the kernel's order
      kernels.add(frame.at, frame.width, b.x0, b.y0, b.x1, b.y1, source.at, source.width, source.height, setMap(map), light[0], light[1], light[2])
    },
    /** out = out * keep + source * light, pixel by pixel; both of one size. */
    mix: (out: Layer, source: Layer, keep: number, light: Rgb) =>
      kernels.mix(out.at, source.at, out.width * out.height, keep, light[0], light[1], light[2]),
  }
}

export type Compositor = Awaited<ReturnType<typeof createCompositor>>
