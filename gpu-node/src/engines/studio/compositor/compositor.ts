/**
 * The compositor: layers of linear light in WebAssembly memory and the operations on them. One instance belongs to one
 * thread. Memory is taken in order and given back to a mark: a shot takes what it needs and everything goes at its end.
 *
 * Light is kept in 16 bits, which halves what goes through memory: a step is less than half a step of an 8-bit picture
 * even in black, and four times paper white still fits.
 */
import { toLinear } from '../../../media/srgb.ts'
import { type Affine, boundsOf, magnified, shrunkFrame } from './affine.ts'
import type { Kernels } from './kernels.ts'

/**
 * Pixels of four 16-bit integers: premultiplied red, green and blue in linear light, paper white at `white`, and alpha,
 * 32767 for opaque.
 */
export type Layer = {
  readonly at: number
  readonly width: number
  readonly height: number
  readonly white: number
  /** Where it is written which parts of it are empty, if anywhere. */
  readonly tiles?: number
}
export type Rgb = readonly [number, number, number]

/** A layer to draw a picture into. What is soft is gathered in its veil, at a quarter of the size, and laid over it later. */
export type Frame = Layer & { readonly veil: Veil }
type Veil = { readonly layer: Layer; readonly row: number; from: number; to: number }

const PAGE = 65_536
const BYTES = 8
/** Kernels work on two pixels at a time and may touch one behind a layer's end. */
const SLACK = 16

/** Paper white, and full alpha. Layers hold light up to four times paper white. */
export const WHITE = 8192
export const OPAQUE = 32_767
/** A layer enlarged so many times holds nothing finer than a quarter of the frame does. */
const SOFT_FROM = 3.4

/** Light that changes nothing. */
const PLAIN: Rgb = [1, 1, 1]

/** sRGB byte to linear light. */
export const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => toLinear(byte / 255))

/** Makes an instance of the compiled compositor. */
export const createCompositor = async (module: WebAssembly.Module) => {
  const instance = await WebAssembly.instantiate(module, { env: { abort: () => void 0 } })
  const kernels = instance.exports as unknown as Kernels
  kernels.prepare()
  let top = (Number(kernels.heapBase.value) + 63) & ~63

  const alloc = (bytes: number): number => {
    const at = top
    top = (top + bytes + SLACK + 63) & ~63
    const missing = top - kernels.memory.buffer.byteLength
    if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE))
    return at
  }
  /** Takes memory for as long as `work` runs. */
  const lent = <T>(bytes: number, work: (at: number) => T): T => {
    const before = top
    try {
      return work(alloc(bytes))
    } finally {
      top = before
    }
  }
  const bytes = (at: number, length: number) => new Uint8Array(kernels.memory.buffer, at, length)
  const floats = (at: number, length: number) => new Float32Array(kernels.memory.buffer, at, length)
  const words = (at: number, length: number) => new Int16Array(kernels.memory.buffer, at, length)
  /** Views of all memory, made anew only when it has grown: a picture asks for hundreds. */
  let views = { buffer: kernels.memory.buffer, words: new Int16Array(0), floats: new Float32Array(0) }
  const whole = () => {
    const { buffer } = kernels.memory
    if (views.buffer !== buffer || views.words.length === 0)
      views = { buffer, words: new Int16Array(buffer), floats: new Float32Array(buffer) }
    return views
  }
  /** Keeps numbers where kernels can read them. */
  const keep = (numbers: Uint8Array | Int16Array | Int32Array | Float32Array): number => {
    const at = alloc(numbers.byteLength)
    bytes(at, numbers.byteLength).set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
    return at
  }
  const layer = (width: number, height: number, white = WHITE): Layer => ({
    at: alloc(width * height * BYTES),
    width,
    height,
    white,
  })
  const pixels = (of: Layer) => words(of.at, of.width * of.height * 4)
  const clear = (of: Layer) => void pixels(of).fill(0)

  const mapAt = alloc(24)
  const setMap = (map: Affine): number => {
    whole().floats.set(map, mapAt >> 2)
    return mapAt
  }
  const tintAt = alloc(16)
  /** Sets what a layer's light is multiplied by (`light` times `dimmed`) to become light of a frame; answers how often the kernel doubles it. */
  const setTint = (source: Layer, target: Layer, light: Rgb, dimmed: number, alpha: number): number => {
    const unit = (dimmed * target.white) / source.white
    const most = unit * Math.max(light[0], light[1], light[2])
    const doublings = most > 2 ? 2 : most > 1 ? 1 : 0
    const k = OPAQUE / 2 ** doublings
    const lanes = whole().words
    for (let lane = 0; lane < 4; lane++) {
      const value = lane < 3 ? (light[lane] ?? 0) * unit : alpha
      const factor = Math.max(0, Math.min(OPAQUE, Math.round(value * k)))
      lanes[(tintAt >> 1) + lane] = factor
      lanes[(tintAt >> 1) + 4 + lane] = factor
    }
    return doublings
  }
  const decodeAt = keep(Int16Array.from(LINEAR, (light) => Math.round(light * OPAQUE)))

  /** Lays over a frame what its veil holds. Every operation on a frame does it first where it must. */
  const settle = (frame: Layer) => {
    if (!('veil' in frame)) return
    const { veil } = frame as Frame
    if (veil.from >= veil.to) return
    const { width, height } = frame
    const [y0, y1] = [Math.max(0, 4 * veil.from - 2), Math.min(height, 4 * veil.to + 2)]
    kernels.layVeil(frame.at, width, y0, y1, veil.layer.at, veil.layer.height, veil.row)
    words(veil.layer.at + veil.from * veil.layer.width * BYTES, (veil.to - veil.from) * veil.layer.width * 4).fill(0)
    veil.from = veil.layer.height
    veil.to = 0
  }
  const lay = (kernel: Kernels['over'], frame: Layer, source: Layer, map: Affine, light: Rgb, dimmed: number, alpha: number) => {
    const veil = 'veil' in frame && magnified(map) >= SOFT_FROM ? (frame as Frame).veil : undefined
    if (!veil) settle(frame)
    const target = veil?.layer ?? frame
    const place = veil ? shrunkFrame(map, 4) : map
    const b = boundsOf(place, source.width, source.height, target.width, target.height)
    if (b.x0 >= b.x1 || b.y0 >= b.y1) return
    if (veil) {
      veil.from = Math.min(veil.from, b.y0)
      veil.to = Math.max(veil.to, b.y1)
    }
    const doublings = setTint(source, target, light, dimmed, alpha)
    // biome-ignore format: the kernel's order
    kernel(target.at, target.width, b.x0, b.y0, b.x1, b.y1, source.at, source.width, source.height, source.tiles ?? 0, setMap(place), tintAt, doublings)
  }
  const blurred = (of: Layer, work: (other: number, sums: number) => void) =>
    lent(of.width * of.height * BYTES, (other) => lent(of.width * 16, (sums) => work(other, sums)))

  return {
    kernels,
    alloc,
    lent,
    bytes,
    floats,
    words,
    keep,
    layer,
    clear,
    settle,
    /** Everything taken after a mark is given back by `release(mark)`. */
    mark: () => top,
    release: (mark: number) => {
      top = mark
    },
    /** A frame to draw pictures into. Throws RangeError where its sides are no multiples of eight. */
    frame: (width: number, height: number): Frame => {
      if (width % 8 !== 0 || height % 8 !== 0) throw new RangeError(`a frame of ${width}x${height}: sides are multiples of eight`)
      const veil = layer(width >> 2, height >> 2)
      clear(veil)
      const row = alloc((veil.width + 2) * BYTES)
      return { ...layer(width, height), veil: { layer: veil, row, from: veil.height, to: 0 } }
    },
    /** One pixel as numbers: premultiplied light (1 = paper white) and alpha 0..1. Slow: for single looks. */
    pixel: (of: Layer, x: number, y: number): [number, number, number, number] => {
      settle(of)
      const [r = 0, g = 0, b = 0, a = 0] = words(of.at + (y * of.width + x) * BYTES, 4)
      return [r / of.white, g / of.white, b / of.white, a / OPAQUE]
    },
    /**
     * A new layer painted pixel by pixel: premultiplied light and alpha 0..1. `brightest` is the most light in it, at most
     * 4; a sprite of light is finer with 1.
     */
    paint: (
      width: number,
      height: number,
      colour: (x: number, y: number) => readonly [number, number, number, number],
      brightest = 4,
    ): Layer => {
      const out = layer(width, height, OPAQUE / brightest)
      const to = pixels(out)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const [r, g, b, a] = colour(x, y)
          const light = [r, g, b].map((value) => Math.max(0, Math.min(OPAQUE, Math.round(value * out.white))))
          to.set([...light, Math.round(a * OPAQUE)], (y * width + x) * 4)
        }
      return out
    },
    /** The same layer, surveyed for what is empty in it: pays for a layer that is laid often and has holes. */
    surveyed: <T extends Layer>(of: T): T => {
      const tiles = alloc(((of.width + 15) >> 4) * ((of.height + 15) >> 4))
      kernels.survey(tiles, of.at, of.width, of.height)
      return { ...of, tiles }
    },
    copy: (of: Layer): Layer => {
      const out = layer(of.width, of.height, of.white)
      pixels(out).set(pixels(of))
      return out
    },

    /**
     * Takes straight-alpha sRGB bytes in. `highlights` opens up what an 8-bit picture has clipped: white becomes that many
     * times brighter, so that lamps bloom and turn into bright discs out of focus.
     */
    upload: (rgba: Uint8Array | Uint8ClampedArray, width: number, height: number, highlights = 1): Layer => {
      const out = layer(width, height)
      const gains = Int32Array.from({ length: 256 }, (_, byte) => {
        const t = Math.max(0, (byte / 255 - 0.72) / 0.28)
        return Math.round(4096 * (1 + (highlights - 1) * t * t * t))
      })
      lent(gains.byteLength + rgba.length, (at) => {
        new Int32Array(kernels.memory.buffer, at, 256).set(gains)
        bytes(at + gains.byteLength, rgba.length).set(rgba)
        kernels.upload(out.at, at + gains.byteLength, width * height, decodeAt, at)
      })
      return out
    },

    /** Near Gaussian blur in place (three boxes); `radius` of each box in pixels. */
    gaussian: (of: Layer, radius: number) => {
      if (radius < 1) return
      blurred(of, (other, sums) => {
        for (let pass = 0; pass < 3; pass++) {
          kernels.blurRows(other, of.at, of.width, of.height, radius)
          kernels.blurColumns(of.at, other, of.width, of.height, radius, sums)
        }
      })
    },
    /** Blur along the rows only, in place, twice. */
    smear: (of: Layer, radius: number) =>
      blurred(of, (other) => {
        kernels.blurRows(other, of.at, of.width, of.height, radius)
        kernels.blurRows(of.at, other, of.width, of.height, radius)
      }),
    /** Lens blur into a new layer: every point of light becomes a disc of that radius. What `sharp` makes is not kept. */
    defocused: (sharp: () => Layer, width: number, height: number, radius: number): Layer => {
      const out = layer(width, height)
      lent(0, () => {
        const of = sharp()
        const sums = alloc(width * 16)
        kernels.blurDisc(out.at, of.at, width, height, radius, alloc((width + 1) * 16 * (2 * radius + 1)), sums)
      })
      return out
    },
    /** A layer at a quarter of the size, new where none is given to fill. */
    quarter: (of: Layer, into?: Layer): Layer => {
      const out = into ?? layer(of.width >> 2, of.height >> 2, of.white)
      const [w, h] = [of.width >> 1, of.height >> 1]
      lent(w * h * BYTES, (half) => {
        kernels.halve(half, of.at, of.width, of.height)
        kernels.halve(out.at, half, w, h)
      })
      return out
    },
    /** A new layer at half the size. */
    half: (of: Layer): Layer => {
      const out = layer(of.width >> 1, of.height >> 1, of.white)
      kernels.halve(out.at, of.at, of.width, of.height)
      return out
    },

    /** Fills the frame with an opaque layer. */
    cover: (frame: Layer, source: Layer, map: Affine) => {
      settle(frame)
      kernels.cover(frame.at, frame.width, frame.height, source.at, source.width, source.height, setMap(map))
    },
    /** Lays a premultiplied layer over the frame. Light of the tint: 0..4. */
    over: (frame: Layer, source: Layer, map: Affine, opacity = 1, light: Rgb = PLAIN) => {
      if (opacity > 0) lay(kernels.over, frame, source, map, light, opacity, opacity)
    },
    /** Adds a layer's light, times `light` (0..4). */
    add: (frame: Layer, source: Layer, map: Affine, light: Rgb) => lay(kernels.add, frame, source, map, light, 1, 0),
    /** out = out * keep + source * light, pixel by pixel; both of one size. */
    mix: (out: Layer, source: Layer, keep: number, light: Rgb) => {
      const doublings = setTint(source, out, light, 1, 1)
      kernels.mix(out.at, source.at, out.width * out.height, Math.round(keep * OPAQUE), tintAt, doublings)
    },
  }
}

export type Compositor = Awaited<ReturnType<typeof createCompositor>>
