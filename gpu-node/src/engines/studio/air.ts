/** What is in the air: fog that drifts, beams that sway, snow near and far, cameras flashing in the stands. */
import { seededRandom } from '../../director/random.ts'
import { recall, remember } from './bakes.ts'
import { mapOf, type Placement } from './compositor/affine.ts'
import type { Layer, Rgb } from './compositor/compositor.ts'
import { createConfetti } from './confetti.ts'
import { lumaOf, mixRgb, scaleRgb } from './light.ts'
import type { Moment, Stage } from './stage.ts'

const smooth = (t: number) => t * t * (3 - 2 * t)

/** Fractal noise, 0..1, that meets itself at the left and right border. */
const cloud = (width: number, height: number, seed: number): Float32Array => {
  const out = new Float32Array(width * height)
  let total = 0
  for (let octave = 0; octave < 5; octave++) {
    const columns = 4 << octave
    const rows = 2 << octave
    const random = seededRandom(seed + octave)
    const grid = Float32Array.from({ length: columns * (rows + 2) }, random)
    const size = 0.55 ** octave
    total += size
    for (let y = 0; y < height; y++) {
      const gy = (y / height) * rows
      const iy = Math.floor(gy)
      const fy = smooth(gy - iy)
      for (let x = 0; x < width; x++) {
        const gx = (x / width) * columns
        const ix = Math.floor(gx)
        const fx = smooth(gx - ix)
        const at = (row: number, column: number) => grid[row * columns + (column % columns)] ?? 0
        const upper = at(iy, ix) + (at(iy, ix + 1) - at(iy, ix)) * fx
        const lower = at(iy + 1, ix) + (at(iy + 1, ix + 1) - at(iy + 1, ix)) * fx
        out[y * width + x] = (out[y * width + x] ?? 0) + size * (upper + (lower - upper) * fy)
      }
    }
  }
  // Sums of noise crowd about the middle; spread out they read as wisps and holes.
  return out.map((value) => smooth(Math.max(0, Math.min(1, (value / total - 0.26) / 0.48))))
}

/** Size of a cloud. */
const CLOUD = [256, 96] as const
/** Different clouds that there are: nobody sees two films side by side. */
const CLOUDS = 6
const clouds = new Map<number, Float32Array>()
const cloudOf = (seed: number): Float32Array => {
  const which = ((seed % CLOUDS) + CLOUDS) % CLOUDS
  const known = clouds.get(which) ?? cloud(...CLOUD, which * 101)
  clouds.set(which, known)
  return known
}

export type Fog = {
  /** Height of the picture at which it is thick, and how far above that its first wisps are. */
  line: number
  rise: number
  /** Alpha where it is thickest, 0..1. */
  density: number
  colour: Rgb
  /** Drift, in pixels of its own 256 a second; its sign is its direction. */
  speed: number
  depth: number
  seed: number
}

/** A bank of fog from its line down to below the picture; drifts across. */
export const createFog = (stage: Stage, fog: Fog) => {
  const { compositor, width, height } = stage
  const [w, h] = CLOUD
  const top = fog.line - 1.5 * fog.rise
  const tall = Math.max(fog.rise, height * 1.15 - top)
  const noise = cloudOf(fog.seed)
  // Drawn twice as wide as it is seen, so that it can drift without an end.
  const layer = compositor.paint(w * 2, h, (x, y) => {
    const above = (fog.line - (top + (y / h) * tall)) / fog.rise
    const n = noise[y * w + (x % w)] ?? 0
    const body = smooth(Math.max(0, Math.min(1, 1 - above - 1.5 * Math.max(0, 0.64 - n))))
    // A bank lies on the ground: below its line the ground shows through again.
    const alpha = body * fog.density * (1 - 0.45 * smooth(Math.max(0, Math.min(1, (-above - 0.3) / 1.6))))
    const light = (0.45 + 1.1 * n) * alpha
    return [fog.colour[0] * light, fog.colour[1] * light, fog.colour[2] * light, alpha]
  })
  const scale = (width * 1.5) / w
  return (moment: Moment) => {
    const drift = (((moment.seconds * fog.speed) % w) + w) % w
    const placement: Placement = { x: width * -0.2, y: top, ax: drift, ay: 0, scaleX: scale, scaleY: tall / h, angle: 0 }
    compositor.over(stage.frame, layer, mapOf(placement, stage.camera(moment.t, moment.seconds, fog.depth), width, height))
  }
}

const beamSprite = (stage: Stage): Layer => {
  const kept = recall(stage, 'beam')
  if (kept) return kept
  const w = 48
  const h = 160
  const painted = stage.compositor.paint(w, h, (x, y) => {
    const down = y / (h - 1)
    const half = 0.07 + 0.93 * down
    const u = Math.abs((x - (w - 1) / 2) / ((w - 1) / 2)) / half
    const across = u < 1 ? (1 - u * u) ** 2 : 0
    // At its lamp a beam is close to four times as bright as paper.
    const value = across * (1 - down) ** 1.3 * Math.min(1, y / 3) * (0.25 / half + 0.35)
    return [value, value, value, 0]
  })
  return remember(stage, 'beam', painted)
}

export type Beam = {
  x: number
  y: number
  angle: number
  length: number
  spread: number
  light: Rgb
  sway: number
  depth: number
}

/** Beams of light from lamps at (x, y) of the picture; `angle` 0 shines straight down, radians; they sway slowly. */
export const createBeams = (stage: Stage, beams: readonly Beam[]) => {
  const sprite = beamSprite(stage)
  const phases = beams.map((_, k) => seededRandom(stage.seed + 77 + k)() * 6.28)
  return (moment: Moment) =>
    beams.forEach((beam, k) => {
      const angle = beam.angle + beam.sway * Math.sin(moment.seconds * 0.9 + (phases[k] ?? 0))
      const placement: Placement = {
        x: beam.x,
        y: beam.y,
        ax: (sprite.width - 1) / 2,
        ay: 0,
        scaleX: beam.spread / sprite.width,
        scaleY: beam.length / sprite.height,
        angle,
      }
      stage.compositor.add(
        stage.frame,
        sprite,
        mapOf(placement, stage.camera(moment.t, moment.seconds, beam.depth), stage.width, stage.height),
        beam.light,
      )
    })
}

/** Beams of stage lamps, in worlds that have any. */
export const createLampBeams = (stage: Stage, beams: readonly Beam[]): ((moment: Moment) => void) =>
  stage.atmosphere.lamps ? createBeams(stage, beams) : () => undefined

const dot = (stage: Stage, size: number, edge: number): Layer => {
  const key = `dot ${size} ${edge}`
  const middle = (size - 1) / 2
  const colour = (x: number, y: number) => {
    const r = Math.hypot(x - middle, y - middle) / (middle - 0.5)
    const value = smooth(Math.max(0, Math.min(1, (1 - r) / edge)))
    return [value, value, value, value] as const
  }
  return recall(stage, key) ?? remember(stage, key, stage.compositor.paint(size, size, colour, 1))
}

/**
 * Snow, confetti, dust or powder. `near` flakes pass before the visitor, large and out of focus; the others lie behind. Where a
 * flake is depends on time alone, so any picture of a shot can be drawn by itself.
 */
export const createFlakes = (stage: Stage, near: boolean) => {
  const { compositor, width, height, atmosphere } = stage
  if (atmosphere.kind === 'confetti') return createConfetti(stage, near, atmosphere.amount)
  const random = seededRandom(stage.seed + (near ? 11 : 29))
  const soft = dot(stage, 24, 1)
  const disc = dot(stage, 64, 0.34)
  const amount = atmosphere.kind === 'none' ? 0 : atmosphere.amount
  const count = Math.round((near ? 26 : 110) * amount)
  const white: Rgb = mixRgb([1, 1, 1], scaleRgb(stage.plate.light.key, 1 / Math.max(0.2, lumaOf(stage.plate.light.key))), 0.5)
  const unit = width / 720
  // Powder is blown across rather than falls, and sparkles as it turns in the sun.
  const powder = atmosphere.kind === 'powder'
  const falling = powder ? 22 : atmosphere.kind === 'dust' ? 14 : 95
  const flakes = Array.from({ length: count }, () => {
    const depth = near ? 1.15 + 1.3 * random() ** 2 : 0.25 + 0.6 * random()
    const big = near && random() < 0.3
    return {
      x: random() * width * 1.2,
      y: random() * height * 1.1,
      fall: falling * depth * (0.75 + 0.5 * random()) * unit,
      wind: (powder ? -70 - 110 * random() : -16 + 30 * random()) * depth * unit,
      sway: (6 + 14 * random()) * unit,
      rate: 0.3 + 0.7 * random(),
      phase: random() * 6.28,
      size: (near ? (big ? 16 + 30 * random() : 5 + 7 * random()) : 2.2 + 3.4 * depth * random()) * unit,
      light: near ? (big ? 0.07 + 0.08 * random() : 0.28 + 0.3 * random()) : 0.2 + 0.5 * random(),
      big,
      depth,
    }
  })
  return (moment: Moment) => {
    for (const flake of flakes) {
      const spanX = width * 1.2
      const spanY = height * 1.1
      const x =
        ((((flake.x + flake.wind * moment.seconds) % spanX) + spanX) % spanX) -
        width * 0.1 +
        flake.sway * Math.sin(flake.rate * moment.seconds * 3 + flake.phase)
      const y = ((flake.y + flake.fall * moment.seconds) % spanY) - height * 0.05
      const sprite = flake.big ? disc : soft
      const size = flake.big ? flake.size * 2 : flake.size * 2.4
      const placement: Placement = {
        x,
        y,
        ax: (sprite.width - 1) / 2,
        ay: (sprite.height - 1) / 2,
        scaleX: size / sprite.width,
        // What falls fast is drawn out by the shutter.
        scaleY: (size + flake.fall / 60) / sprite.height,
        angle: 0,
      }
      const map = mapOf(placement, stage.camera(moment.t, moment.seconds, flake.depth), width, height)
      const glint = powder ? 0.35 + 1.3 * Math.max(0, Math.sin(flake.rate * moment.seconds * 5 + flake.phase)) ** 3 : 1
      compositor.add(stage.frame, sprite, map, scaleRgb(white, flake.light * glint))
    }
  }
}

/** Cameras that flash in the stands between two heights of the picture: small and few, far below what may disturb (WCAG 2.3.1). */
export const createSparkle = (stage: Stage, from: number, to: number, perSecond: number): ((moment: Moment) => void) => {
  if (!stage.atmosphere.lamps) return () => undefined
  const random = seededRandom(stage.seed + 53)
  const sprite = dot(stage, 32, 1)
  const total = Math.ceil(perSecond * 6)
  const flashes = Array.from({ length: total }, () => ({
    at: random() * 6,
    x: random() * stage.width,
    y: from + (to - from) * random(),
    size: (7 + 12 * random()) * (stage.width / 720),
    light: 0.8 + 1.6 * random(),
  }))
  return (moment: Moment) => {
    for (const flash of flashes) {
      const age = (moment.seconds - flash.at) * 24
      if (age < 0 || age > 4) continue
      const glow = flash.light * (1 - age / 4) ** 2
      for (const [sx, sy] of [
        [1, 1],
        [5, 0.3],
        [0.3, 3],
      ] as const) {
        const placement: Placement = {
          x: flash.x,
          y: flash.y,
          ax: 15.5,
          ay: 15.5,
          scaleX: (flash.size * sx) / 32,
          scaleY: (flash.size * sy) / 32,
          angle: 0,
        }
        const k = sx === sy ? glow : glow * 0.3
        stage.compositor.add(
          stage.frame,
          sprite,
          mapOf(placement, stage.camera(moment.t, moment.seconds, 0.1), stage.width, stage.height),
          [k, k, k * 1.05],
        )
      }
    }
  }
}
