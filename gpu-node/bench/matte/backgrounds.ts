/**
 * Walls to set the sample visitor before, drawn by script: half of them are for choosing the matte's constants by, the other
 * half for saying how good it is. Some stand still as a kiosk's wall does, some move as a hall behind it does.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PLATES = fileURLToPath(new URL('../../../content-packs/figure-skating/plates', import.meta.url))

export const WIDTH = 720
export const HEIGHT = 1280

type Colour = readonly [red: number, green: number, blue: number]
/** The colour at a pixel, 0..255 a channel. */
type Paint = (x: number, y: number) => Colour

export type Background = {
  name: string
  use: 'tune' | 'report'
  /** Whether it looks different in each frame. */
  moving: boolean
  /** Its picture at a frame of the clip: RGB, 8 bits. */
  at(frame: number): Promise<Uint8Array> | Uint8Array
}

/** A whole number into 0..1, always alike; neighbours have nothing in common. */
export const scatter = (seed: number): number => {
  let bits = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b)
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b)
  return ((bits ^ (bits >>> 16)) >>> 0) / 0x1_0000_0000
}

const ease = (t: number) => t * t * (3 - 2 * t)

/** Smooth noise 0..1 with features of about `size` pixels. */
const noise = (x: number, y: number, size: number, seed: number): number => {
  const [left, top] = [Math.floor(x / size), Math.floor(y / size)]
  const [fx, fy] = [ease(x / size - left), ease(y / size - top)]
  const corner = left * 7919 + top * 104_729 + seed
  const [a, b] = [scatter(corner), scatter(corner + 104_729)]
  const upper = a + (scatter(corner + 7919) - a) * fx
  return upper + (b + (scatter(corner + 7919 + 104_729) - b) * fx - upper) * fy
}

const mix = (a: Colour, b: Colour, t: number): Colour => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]

const draw = (paint: Paint): Uint8Array => {
  const rgb = new Uint8ClampedArray(WIDTH * HEIGHT * 3)
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, at += 3) {
      const colour = paint(x, y)
      rgb[at] = colour[0]
      rgb[at + 1] = colour[1]
      rgb[at + 2] = colour[2]
    }
  }
  return new Uint8Array(rgb.buffer)
}

const still = (name: string, use: Background['use'], paint: Paint): Background => {
  let drawn: Uint8Array | undefined
  return {
    name,
    use,
    moving: false,
    at: () => {
      drawn ??= draw(paint)
      return drawn
    },
  }
}
const moving = (name: string, use: Background['use'], paintAt: (frame: number) => Paint): Background => ({
  name,
  use,
  moving: true,
  at: (frame) => draw(paintAt(frame)),
})

/** A plate of a pack; a moving one is panned over by two pixels a frame. */
const plate = (file: string, use: Background['use'], pan: boolean): Background => {
  const wide = WIDTH + 2 * 144
  let whole: Promise<Uint8Array> | undefined
  const load = async () => {
    const filters = `scale=${wide}:${HEIGHT}:force_original_aspect_ratio=increase:flags=area,crop=${wide}:${HEIGHT},format=rgb24`
    const args = ['-v', 'error', '-nostdin', '-i', join(PLATES, file), '-vf', filters, '-frames:v', '1', '-f', 'rawvideo', '-']
    const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 8 * wide * HEIGHT })
    return new Uint8Array(stdout)
  }
  return {
    name: `plate ${file.replace('.jpg', '')}${pan ? ', panned' : ''}`,
    use,
    moving: pan,
    at: async (frame) => {
      whole ??= load()
      const from = await whole
      const left = pan ? 2 * frame : 144
      const rgb = new Uint8Array(WIDTH * HEIGHT * 3)
      for (let y = 0; y < HEIGHT; y++) {
        rgb.set(from.subarray((y * wide + left) * 3, (y * wide + left + WIDTH) * 3), y * WIDTH * 3)
      }
      return rgb
    },
  }
}

/** A wall with a window in it, blown out by the day outside. */
const window =
  (left: number, top: number, right: number, bottom: number, wall: Colour): Paint =>
  (x, y) => {
    const depth = Math.min(x - left, right - x, y - top, bottom - y)
    const bar = Math.abs(x - (left + right) / 2) < 9 || Math.abs(y - (top + bottom) / 2) < 9
    if (depth < 0) return mix(wall, [255, 250, 240], Math.exp(depth / 60) * 0.35)
    return depth < 14 || bar ? [205, 198, 186] : [255, 255, 252]
  }

/** Vita's own colours, measured in her clip. */
const SKIN: Colour = [224, 183, 152]
const HAIR: Colour = [74, 40, 32]
const JUMPER: Colour = [176, 16, 24]

const SPINES: readonly Colour[] = [
  [150, 52, 44],
  [46, 78, 108],
  [214, 200, 168],
  [66, 92, 70],
  [186, 138, 66],
]

/** All backgrounds; every second one is for the report. */
export const backgrounds = (): Background[] => [
  plate('arena.jpg', 'tune', true),
  plate('interview.jpg', 'report', true),
  still('warm gradient', 'tune', (_, y) => mix([232, 214, 190], [120, 92, 80], y / HEIGHT)),
  still('cool gradient', 'report', (x, y) => mix([196, 210, 226], [52, 66, 92], (x / WIDTH + y / HEIGHT) / 2)),
  still('patchy wall', 'tune', (x, y) => mix([92, 120, 96], [206, 190, 140], 0.7 * noise(x, y, 70, 1) + 0.3 * noise(x, y, 9, 2))),
  moving('drifting blotches', 'report', (frame) => (x, y) => {
    const t = 0.6 * noise(x + 3 * frame, y, 110, 3) + 0.4 * noise(x, y - 2 * frame, 24, 4)
    return mix([30, 44, 84], [214, 160, 196], t)
  }),
  still('book spines', 'tune', (x, y) => {
    const shelf = Math.floor(y / 150)
    if (y % 150 < 12) return [108, 76, 48]
    const spine = Math.floor((x + 13 * noise(x, shelf * 150, 31, 5)) / 24)
    const pick = scatter(spine * 31 + shelf * 977)
    return mix(SPINES[Math.floor(pick * SPINES.length)] ?? JUMPER, [20, 16, 14], Math.abs((x % 24) - 12) / 40)
  }),
  moving(
    'stripes that slide',
    'report',
    (frame) => (x, y) => ((((x + y * 0.6 + 4 * frame) % 56) + 56) % 56 < 28 ? [232, 228, 216] : [40, 70, 120]),
  ),
  still('window beside her', 'tune', window(30, 90, 300, 700, [96, 88, 84])),
  still('window behind her', 'report', window(200, 40, 640, 620, [70, 74, 84])),
  still('wood like her hair', 'tune', (x, y) =>
    mix(HAIR, [122, 78, 52], noise(x * 3, y / 4, 40, 6) * (Math.floor(x / 90) % 2 ? 0.9 : 0.55)),
  ),
  still('walls like her skin and jumper', 'report', (x, y) =>
    mix(mix(SKIN, [236, 208, 184], noise(x, y, 60, 7)), JUMPER, y > 860 || (x > 560 && y > 300) ? 0.85 : 0),
  ),
]
