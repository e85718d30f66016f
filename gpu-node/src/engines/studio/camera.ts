/**
 * Camera paths. A path moves every plane of the scene about the picture's centre, far planes less than near ones, which
 * is what gives flat layers depth. Hand-held unrest lies over all of them. Distances are pixels at a width of 720.
 */
import type { CameraPath } from '@fanreel/protocol'
import { seededRandom } from '../../director/random.ts'
import type { Move } from './compositor/affine.ts'

/** Depth of a plane: 0 the far end of the arena, 1 the visitor, above 1 whatever stands before them. */
export type Depth = number

const ease = (t: number) => t * t * (3 - 2 * t)

type Path = { dx(t: number): number; dy(t: number): number; zoom(t: number): number; unrest: number; roll(t: number): number }
const none = () => 0
const still = { dx: none, dy: none, zoom: () => 1.02, unrest: 1, roll: none }

const PATHS: Record<CameraPath, Path> = {
  'push-in': { ...still, zoom: (t) => 1 + 0.1 * ease(t) },
  'pull-out': { ...still, zoom: (t) => 1.13 - 0.11 * ease(t) },
  'pan-left': { ...still, dx: (t) => -30 + 60 * ease(t), zoom: () => 1.04 },
  'pan-right': { ...still, dx: (t) => 30 - 60 * ease(t), zoom: () => 1.04 },
  'crane-up': { ...still, dy: (t) => -34 + 50 * ease(t), zoom: (t) => 1.05 - 0.02 * t },
  orbit: { ...still, dx: (t) => 34 - 68 * ease(t), zoom: (t) => 1.03 + 0.03 * t, roll: (t) => 0.006 * (t - 0.5) },
  handheld: { ...still, dx: (t) => -6 + 12 * t, zoom: (t) => 1.04 + 0.02 * t, unrest: 2.4 },
}

/** Slow, irregular movement in -1..1 (four sines that never meet), the same for the same seed. */
const drift = (seed: number) => {
  const random = seededRandom(seed)
  const waves = [0.23, 0.51, 0.97, 1.73].map((hertz, k) => ({
    hertz: hertz * (0.85 + 0.3 * random()),
    phase: random() * 2 * Math.PI,
    size: [0.5, 0.28, 0.15, 0.07][k] ?? 0,
  }))
  return (seconds: number) => waves.reduce((sum, w) => sum + w.size * Math.sin(2 * Math.PI * w.hertz * seconds + w.phase), 0)
}

/** A hand's unrest at a time. It is the same for every plane of a picture, so the last answer is kept. */
const unrestOf = (seed: number) => {
  const [x, y, roll] = [drift(seed), drift(seed + 1), drift(seed + 2)]
  let last = { seconds: Number.NaN, x: 0, y: 0, roll: 0 }
  return (seconds: number) => {
    if (last.seconds !== seconds) last = { seconds, x: x(seconds), y: y(seconds), roll: roll(seconds) }
    return last
  }
}

/**
 * The camera of one shot in pictures of that width: answers how a plane moves at `t` (0..1 of the shot) and `seconds` into
 * it.
 * @param nearer how many times as near it stands: as much larger is everything about the picture's centre
 */
export const createCamera = (path: CameraPath, seed: number, width: number, nearer = 1) => {
  const p = PATHS[path]
  const unit = width / 720
  const unrest = unrestOf(seed)
  return (t: number, seconds: number, depth: Depth): Move => {
    const { x, y, roll } = unrest(seconds)
    // In an orbit the visitor stays in the middle and the world turns behind them.
    const swing = path === 'orbit' ? depth - 0.85 : 0.3 + 0.7 * depth
    return {
      dx: nearer * unit * (p.dx(t) * swing + 4 * p.unrest * x * (0.45 + 0.55 * depth)),
      dy: nearer * unit * (p.dy(t) * (0.3 + 0.7 * depth) + 3.4 * p.unrest * y * (0.45 + 0.55 * depth)),
      zoom: nearer * (1 + (p.zoom(t) - 1) * (0.4 + 0.6 * depth)),
      roll: p.roll(t) + 0.0022 * p.unrest * roll,
    }
  }
}
export type Camera = ReturnType<typeof createCamera>
