/**
 * Measures the light of plates from their pictures and writes it into pack.json, so that a visitor can be lit as the
 * plate is. Run: npx tsx content-packs/tools/measure-light.ts FOLDER (add --write to change pack.json). A sun outside the
 * picture cannot be measured: where there is one, its side and colours are to be written by hand.
 */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Pack, type Plate } from '../schema/index.ts'

const run = promisify(execFile)
const WIDTH = 54
const HEIGHT = 96
/** Brightest channel of the ambient colour: it is used for fog and shadow, where full strength would glow. */
const AMBIENT_PEAK = 0.5

type Rgb = [number, number, number]
export type PlateLight = Plate['light']

const toLinear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const lumaOf = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

const rounded = (value: number): number => Math.round(value * 100) / 100
/** A colour scaled so that its brightest channel is `peak`. */
const scaledTo = (colour: Rgb, peak: number): Rgb => {
  const scale = peak / Math.max(1e-6, ...colour)
  return [rounded(colour[0] * scale), rounded(colour[1] * scale), rounded(colour[2] * scale)]
}

/** Half way to white: screens and ribbons in the picture are more colourful than the lamps that light a face. */
const paler = ([r, g, b]: Rgb): Rgb => [rounded((r + 1) / 2), rounded((g + 1) / 2), rounded((b + 1) / 2)]

/**
 * Light of a picture given as sRGB bytes, `width` pixels a row. All colours are linear RGB.
 * - `side`: where the brighter light stands in the upper two thirds, -1 left .. 1 right
 * - `key`: the colour of what is bright, half way to white    - `ambient`: the mean colour, peak 0.5
 * - `rim`: the most colourful light, peak 1
 */
export const lightOf = (bytes: Uint8Array, width: number): PlateLight => {
  const pixels = Array.from(
    { length: bytes.length / 3 },
    (_, i): Rgb => [
      toLinear((bytes[i * 3] ?? 0) / 255),
      toLinear((bytes[i * 3 + 1] ?? 0) / 255),
      toLinear((bytes[i * 3 + 2] ?? 0) / 255),
    ],
  )
  const meanBy = (weigh: (colour: Rgb, index: number) => number): Rgb => {
    const sum: Rgb = [0, 0, 0]
    for (const [index, colour] of pixels.entries()) {
      const weight = weigh(colour, index)
      for (const k of [0, 1, 2] as const) sum[k] += colour[k] * weight
    }
    return sum
  }
  const upper = Math.round((pixels.length / width) * 0.66)
  let lit = 1e-9
  let moment = 0
  for (const [index, colour] of pixels.entries()) {
    if (Math.floor(index / width) >= upper) break
    const weight = lumaOf(colour) ** 1.5
    lit += weight
    moment += weight * (((index % width) + 0.5) / width - 0.5)
  }
  return {
    side: rounded(Math.max(-1, Math.min(1, (moment / lit) * 6))) + 0, // + 0: never -0
    key: paler(
      scaledTo(
        meanBy((colour) => lumaOf(colour) ** 2),
        1,
      ),
    ),
    ambient: scaledTo(
      meanBy(() => 1),
      AMBIENT_PEAK,
    ),
    rim: scaledTo(
      meanBy((colour) => lumaOf(colour) * ((Math.max(...colour) - Math.min(...colour)) / Math.max(1e-4, ...colour)) ** 2),
      1,
    ),
  }
}

/** Light of the picture at `path`. */
export const measureLight = async (path: string): Promise<PlateLight> => {
  const arguments_ = [
    '-v',
    'error',
    '-i',
    path,
    '-vf',
    `scale=${WIDTH}:${HEIGHT}:flags=area`,
    '-frames:v',
    '1',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-',
  ]
  const { stdout } = await run('ffmpeg', arguments_, { encoding: 'buffer' })
  return lightOf(stdout, WIDTH)
}

/** The text of pack.json with each plate's light replaced in place; all other text stays as it is. */
const withLight = (text: string, lights: ReadonlyMap<string, PlateLight>): string =>
  text.replace(/("id": "([a-z0-9-]+)",\s*"file"[^{]*"light": )\{[^}]*\}/g, (whole, before: string, id: string) => {
    const light = lights.get(id)
    if (!light) return whole
    const colour = (rgb: Rgb) => `[${rgb.join(', ')}]`
    return `${before}{ "side": ${light.side}, "key": ${colour(light.key)}, "ambient": ${colour(light.ambient)}, "rim": ${colour(light.rim)} }`
  })

const main = async ([folder, write]: string[]): Promise<void> => {
  if (!folder) throw new Error('usage: measure-light.ts FOLDER [--write]')
  const path = join(folder, 'pack.json')
  const text = await readFile(path, 'utf8')
  const lights = new Map<string, PlateLight>()
  for (const plate of Pack.parse(JSON.parse(text)).plates) lights.set(plate.id, await measureLight(join(folder, plate.file)))
  for (const [id, light] of lights) process.stdout.write(`${id} ${JSON.stringify(light)}\n`)
  if (write === '--write') await writeFile(path, withLight(text, lights))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2))
