import { execFileSync } from 'node:child_process'
import { readdir, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../media/scratch-folder.ts'
import { type ConformOptions, conform } from './conform.ts'
import { grainOf } from './match-look.ts'
import { planesOf, type YuvPicture } from './picture.ts'

const folder = await scratchFolder()
const [WIDTH, HEIGHT] = [180, 320]
const BYTES = (WIDTH * HEIGHT * 3) / 2

/** Writes a clip of ffmpeg's own making, `seconds` long. */
const clipOf = (name: string, source: string, seconds: number, ...options: string[]) => {
  const path = join(folder, name)
  const made = ['-v', 'error', '-f', 'lavfi', '-i', source, '-t', String(seconds), '-c:v', 'libx264', '-crf', '12']
  execFileSync('ffmpeg', [...made, '-pix_fmt', 'yuv420p', ...options, '-y', path])
  return { kind: 'clip', path, engine: 'comfyui' } as const
}
/** A grey bar that walks to the right by 48 pixels a second of a picture 120 wide. */
const WALKING = (fps: number) =>
  `color=0x404040:s=120x208:r=${fps}[ground];color=0xc0c0c0:s=20x208:r=${fps}[bar];[ground][bar]overlay=format=yuv444:x='t*48'`

const options = (name: string, more: Partial<ConformOptions> = {}): ConformOptions => ({
  width: WIDTH,
  height: HEIGHT,
  frames: 24,
  seed: 1,
  between: 'motion',
  path: join(folder, name),
  signal: new AbortController().signal,
  ...more,
})
const picturesOf = async (path: string): Promise<YuvPicture[]> => {
  const bytes = await readFile(path)
  return Array.from({ length: bytes.length / BYTES }, (_, k) =>
    planesOf(bytes.subarray(k * BYTES, (k + 1) * BYTES), WIDTH, HEIGHT),
  )
}
const meanOf = (plane: Uint8Array) => plane.reduce((sum, value) => sum + value, 0) / plane.length
/** Where the bar is, by the light along the middle row. */
const barAt = ({ y }: YuvPicture): number => {
  const row = y.subarray((HEIGHT / 2) * WIDTH, (HEIGHT / 2 + 1) * WIDTH)
  let [sum, weight] = [0, 0]
  row.forEach((value, x) => {
    const light = Math.max(0, value - 90)
    sum += x * light
    weight += light
  })
  return sum / weight
}
/** A picture of one colour with grain. */
const likeOf = (y: number, u: number, v: number, grain: number): YuvPicture => {
  const picture = planesOf(new Uint8Array(BYTES), WIDTH, HEIGHT)
  let state = 1
  picture.y.forEach((_, i) => {
    // Four throws of a linear congruence: near enough to normal.
    let sum = 0
    for (let k = 0; k < 4; k++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      sum += state / 2 ** 32
    }
    picture.y[i] = Math.round(y + (sum - 2) * Math.sqrt(3) * grain)
  })
  picture.u.fill(u)
  picture.v.fill(v)
  return picture
}

describe('D7: a clip from elsewhere becomes a shot of the film', () => {
  it.each([16, 24, 30])('as many pictures as were asked for, of its size, in steady movement, from %d a second', async (fps) => {
    const shot = await conform(clipOf(`${fps}.mp4`, WALKING(fps), 1.3), options(`${fps}.yuv`))
    expect(shot).toMatchObject({ kind: 'pictures', frames: 24, engine: 'comfyui' })
    const pictures = await picturesOf(shot.path)
    expect(pictures.length).toBe(24)
    // 48 px a second of 208 rows are 3.1 a picture of 320. A doubled picture would be a step of none, a missing one twice that.
    const steps = pictures.slice(1, 23).map((picture, k) => barAt(picture) - barAt(pictures[k] ?? picture))
    // Of 30 a second every fifth picture is left out, and the bar lies on whole pixels: its steps are uneven, but none is missing.
    const least = fps === 30 ? 0.5 : 1.2
    for (const step of steps) {
      expect(step).toBeGreaterThan(least)
      expect(step).toBeLessThan(5)
    }
  })

  it('cuts what stands over, both sides alike, and stretches nothing', async () => {
    // A square of 100 in the middle of a wide picture: it stays a square, and in the middle.
    const wide = 'color=0x202020:s=320x180:r=24,drawbox=x=110:y=40:w=100:h=100:c=0xe0e0e0:t=fill'
    const shot = await conform(clipOf('wide.mp4', wide, 1.2), options('wide.yuv'))
    const { y } = (await picturesOf(shot.path))[12]!
    const lit = (from: number, step: number, count: number) =>
      Array.from({ length: count }, (_, k) => y[from + k * step] ?? 0).filter((value) => value > 120).length
    const across = lit((HEIGHT / 2) * WIDTH, 1, WIDTH)
    const down = lit(WIDTH / 2, WIDTH, HEIGHT)
    expect(Math.abs(across - down)).toBeLessThanOrEqual(4)
    expect(across).toBeGreaterThan(170)
  })

  it('takes the light, colour and grain of the studio’s picture, the same through the whole shot', async () => {
    const dull = 'color=0x606870:s=120x208:r=16'
    const like = likeOf(110, 122, 138, 2.5)
    const shot = await conform(clipOf('dull.mp4', dull, 1.4), options('dull.yuv', { like }))
    const pictures = await picturesOf(shot.path)
    for (const picture of [pictures[0]!, pictures[12]!, pictures[23]!]) {
      expect(meanOf(picture.y)).toBeCloseTo(110, -0.5)
      expect(Math.abs(meanOf(picture.u) - 122)).toBeLessThan(1.5)
      expect(Math.abs(meanOf(picture.v) - 138)).toBeLessThan(1.5)
      expect(Math.abs(grainOf(picture) - grainOf(like))).toBeLessThan(0.6)
    }
    // Grain that stands still would be dirt on the lens.
    expect(Buffer.compare(pictures[0]!.y, pictures[1]!.y)).not.toBe(0)
  })

  it('refuses half a file, what is no film, and one that is too short, and leaves nothing', async () => {
    const whole = clipOf('whole.mp4', WALKING(16), 1.3, '-movflags', '+frag_keyframe+empty_moov', '-g', '4')
    await truncate(whole.path, Math.floor((await stat(whole.path)).size / 2))
    await expect(conform(whole, options('half.yuv'))).rejects.toMatchObject({ name: 'ClipUnfit', reason: 'too-short' })
    const short = clipOf('short.mp4', WALKING(16), 0.5)
    await expect(conform(short, options('short.yuv'))).rejects.toMatchObject({ reason: 'too-short' })
    await truncate(short.path, 40)
    await expect(conform(short, options('none.yuv'))).rejects.toMatchObject({ reason: 'unreadable' })
    expect((await readdir(folder)).filter((name) => /half|short.yuv|none/.test(name))).toEqual([])
  })

  it('stops when it is told to', async () => {
    const clip = clipOf('stop.mp4', WALKING(16), 1.3)
    const stopped = options('stop.yuv', { signal: AbortSignal.abort(new Error('enough')) })
    await expect(conform(clip, stopped)).rejects.toThrow('enough')
    expect(await readdir(folder)).not.toContain('stop.yuv')
  })
})
