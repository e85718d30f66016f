/**
 * Brings pictures from elsewhere to the look of the studio's: light and colour of each plane by mean and spread (Reinhard et
 * al., "Color transfer between images", 2001, on the planes of Y'CbCr), and the grain that a model has smoothed away. The
 * change is one for the whole shot, so that nothing pulses.
 */
import { seededRandom } from '../director/random.ts'
import type { YuvPicture } from './picture.ts'

const PLANES = ['y', 'u', 'v'] as const
type Plane = (typeof PLANES)[number]

type Spread = { mean: number; deviation: number }

/** Every fourth sample says enough of a whole picture. */
const EVERY = 4

const spreadOf = (plane: Uint8Array): Spread => {
  let [sum, squares, count] = [0, 0, 0]
  for (let i = 0; i < plane.length; i += EVERY) {
    const value = plane[i] ?? 0
    sum += value
    squares += value * value
    count++
  }
  const mean = sum / Math.max(1, count)
  return { mean, deviation: Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean)) }
}

/**
 * How much fine noise a picture's luma has: the median of what each sample differs from the mean of its neighbours on both
 * sides, as a standard deviation in steps of luma. Edges are few, so the median does not see them.
 */
export const grainOf = ({ y, width, height }: YuvPicture): number => {
  const counts = new Uint32Array(512)
  let total = 0
  for (let row = 8; row < height - 8; row += 5)
    for (let x = 8; x < width - 8; x += 3) {
      const at = row * width + x
      const doubled = Math.abs(2 * (y[at] ?? 0) - (y[at - 1] ?? 0) - (y[at + 1] ?? 0))
      counts[doubled] = (counts[doubled] ?? 0) + 1
      total++
    }
  let [below, median] = [0, 0]
  while (median < 511 && below + (counts[median] ?? 0) < total / 2) below += counts[median++] ?? 0
  const within = median + (total / 2 - below) / Math.max(1, counts[median] ?? 1) - 0.5
  // Of normal noise the median of |x| is 0.6745 sigma; doubled differences spread by the root of six.
  return Math.max(0, within) / (0.6745 * Math.sqrt(6))
}

/** The most a plane is moved, in its steps, and stretched: a shot that differs by more is another picture, not another look. */
const MOST_MOVED: Record<Plane, number> = { y: 28, u: 14, v: 14 }
const STRETCH = { least: 0.75, most: 1.35 } as const
/** Luma and chroma of limited range. */
const RANGE: Record<Plane, readonly [number, number]> = { y: [16, 235], u: [16, 240], v: [16, 240] }
/** The most grain that is added, in steps of luma. */
const MOST_GRAIN = 6

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value))

const tableFor = (plane: Plane, from: Spread, to: Spread): Uint8Array => {
  const stretch = clamp(from.deviation > 0.5 ? to.deviation / from.deviation : 1, STRETCH.least, STRETCH.most)
  const mean = from.mean + clamp(to.mean - from.mean, -MOST_MOVED[plane], MOST_MOVED[plane])
  const [least, most] = RANGE[plane]
  return Uint8Array.from({ length: 256 }, (_, value) => clamp(Math.round(mean + (value - from.mean) * stretch), least, most))
}

/** A length of noise that no width of picture divides; each picture begins elsewhere in it. */
const NOISE = 65_521

const noiseOf = (seed: number, deviation: number): Int8Array => {
  const random = seededRandom(seed)
  // The sum of four even numbers is as near to normal as grain needs; its deviation is the root of a third.
  return Int8Array.from({ length: NOISE }, () =>
    Math.round((random() + random() + random() + random() - 2) * Math.sqrt(3) * deviation),
  )
}

/** What is done to each picture of a shot, in place; `index` is its number. */
export type Look = (picture: YuvPicture, index: number) => void

/** The change that brings `from`, the shot's first picture, to `to`, the studio's picture of the same moment. */
export const matchLook = (from: YuvPicture, to: YuvPicture, seed: number): Look => {
  const tables = PLANES.map((plane) => tableFor(plane, spreadOf(from[plane]), spreadOf(to[plane])))
  const missing = Math.sqrt(Math.max(0, grainOf(to) ** 2 - grainOf(from) ** 2))
  const noise = missing < 0.3 ? undefined : noiseOf(seed, Math.min(MOST_GRAIN, missing))
  return (picture, index) => {
    PLANES.forEach((plane, k) => {
      const [samples, table] = [picture[plane], tables[k]]
      if (table) for (let i = 0; i < samples.length; i++) samples[i] = table[samples[i] ?? 0] ?? 0
    })
    if (!noise) return
    const { y } = picture
    let at = (index * 24_593) % NOISE
    for (let i = 0; i < y.length; i++) {
      y[i] = clamp((y[i] ?? 0) + (noise[at] ?? 0), 16, 235)
      if (++at === NOISE) at = 0
    }
  }
}
