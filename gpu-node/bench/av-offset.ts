/**
 * `npm run bench:av-offset [-- --json]`: how far picture and sound of a film are apart. A white flash on the sample
 * visitor's chest and a beep are laid over her clip at the same moments; a film is made of it, and both are looked for in
 * the finished reel. The figure is the largest distance of a flash from its beep, less that of the clip itself: none.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import type { Shot } from '@fanreel/protocol'
import { loadPack } from '../src/pack.ts'
import { ownStudio, renderFilm } from '../src/render.ts'
import { readSound } from '../src/sound/pcm.ts'
import { loadModels, type Models } from '../src/vision/models/load-models.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

const FPS = 24
const RATE = 48_000
/** Frames of the clip on which a flash begins: where she speaks, so that the film lets them be heard. */
const MARKS = [24, 39, 50, 64, 76] as const
const FLASH_FRAMES = 2
/** On her chest, between chin and elbows: inside the matte whatever she does. Pixels of the clip, 720x1280. */
const FLASH = 'x=270:y=470:w=170:h=170'
const BEEP = { hertz: 2_000, seconds: 0.08, level: 0.5 } as const
/** How far from its place a mark is looked for, in frames. */
const REACH = 8

/** The sample visitor's clip with its marks. */
const markedClip = async (path: string): Promise<string> => {
  const at = MARKS.map((frame) => `between(n,${frame},${frame + FLASH_FRAMES - 1})`).join('+')
  const beeps = MARKS.map((frame) => `between(t,${frame / FPS},${frame / FPS + BEEP.seconds})`).join('+')
  const beep = `aevalsrc='${BEEP.level}*sin(${BEEP.hertz * 2}*PI*t)*(${beeps})':s=${RATE}:d=6`
  const graph = `[0:v]fps=${FPS},drawbox=${FLASH}:c=white:t=fill:enable='${at}'[v];[0:a]volume=0.7[a];[a][1:a]amix=inputs=2:duration=first:normalize=0[s]`
  const clip = join(root, 'ops/demo/sample-visitor/visitor.mp4')
  const inputs = ['-i', clip, '-f', 'lavfi', '-i', beep]
  const codecs = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '14', '-c:a', 'aac', '-b:a', '192k']
  await run('ffmpeg', [
    '-v',
    'error',
    '-nostdin',
    ...inputs,
    '-filter_complex',
    graph,
    '-map',
    '[v]',
    '-map',
    '[s]',
    ...codecs,
    '-y',
    path,
  ])
  return path
}

/** Mean luma of the middle of every picture of the reel, where the flash can be. */
const middleOf = async (reel: string): Promise<Buffer> => {
  const filters = 'crop=iw*0.6:ih*0.5:iw*0.2:ih*0.3,scale=1:1:flags=area,format=gray16le'
  const raw = ['-an', '-vf', filters, '-f', 'rawvideo', '-']
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-nostdin', '-i', reel, ...raw], { encoding: 'buffer' })
  return stdout
}

/** The picture on which light rises most over those two before and falls back: where a flash begins. */
const flashNear = (luma: readonly number[], frame: number): number => {
  const rise = (n: number) =>
    Math.min(luma[n] ?? 0, luma[n + 1] ?? 0) - Math.max(luma[n - 1] ?? 0, luma[n - 2] ?? 0, luma[n + 2] ?? 0, luma[n + 3] ?? 0)
  let best = frame
  for (let n = frame - REACH; n <= frame + REACH; n++) if (rise(n) > rise(best)) best = n
  return best
}

/** The sample at which the beep's own length holds most of its tone. */
const beepNear = (sound: Float32Array, sample: number): number => {
  const reach = (REACH * RATE) / FPS
  const from = Math.max(0, Math.round(sample - reach))
  const length = Math.round(BEEP.seconds * RATE)
  const turn = (2 * Math.PI * BEEP.hertz) / RATE
  let [re, im, most, best] = [0, 0, 0, from]
  const tone = (i: number) => [(sound[i] ?? 0) * Math.cos(turn * i), (sound[i] ?? 0) * Math.sin(turn * i)] as const
  for (let i = from; i < from + 2 * reach + length; i++) {
    const [a, b] = tone(i)
    const [c, d] = i - length >= from ? tone(i - length) : [0, 0]
    re += a - c
    im += b - d
    if (i - length + 1 >= from && re * re + im * im > most) {
      most = re * re + im * im
      best = i - length + 1
    }
  }
  return best
}

export type AvOffset = {
  /** The largest distance of flash and beep, ms. */
  avOffsetMs: number
  /** Each mark's, in the order of the film; above 0 where the beep comes late. */
  offsetsMs: number[]
}

/** The marks that a shot shows, and the picture of the film on which each should flash. */
const marksIn = (shot: Shot): number[] => {
  const first = Math.round((shot.source.startMs * FPS) / 1000)
  return MARKS.map((mark) => mark - first)
    .filter((offset) => offset >= 4 && offset < shot.frames - 8)
    .map((offset) => shot.startFrame + offset)
}

/**
 * Makes the film and measures it. `folder` must exist; what is written there is the caller's to delete. Throws where no
 * film came of it, or the voice's shot shows no mark.
 */
export const measureAvOffset = async (options: { folder: string; models: Models; pack?: string }): Promise<AvOffset> => {
  const { folder, models } = options
  const { signal } = new AbortController()
  const clip = await markedClip(join(folder, 'marked.mp4'))
  const film = await renderFilm({
    clip,
    pack: await loadPack(options.pack ?? join(root, 'content-packs/figure-skating')),
    language: 'en',
    seed: 1,
    scratch: join(folder, 'film'),
    models,
    policy: { prefer: ['studio'], redrawAbove: 0.35 },
    signal,
  })
  if (!film.ok) throw new Error(`no film: ${film.code}`)
  const marks = film.shotList.shots.filter((shot) => shot.voice).flatMap(marksIn)
  if (marks.length === 0) throw new Error('the shot in which the voice is heard shows no mark')
  const pictures = await middleOf(film.reel)
  const luma = Array.from({ length: pictures.length >> 1 }, (_, i) => pictures.readUInt16LE(2 * i) / 65_535)
  const [sound = new Float32Array()] = await readSound({ file: film.reel, input: ['-f', 'mov'], channels: 1 }, signal)
  const offsetsMs = marks.map((frame) => {
    const beep = beepNear(sound, (frame * RATE) / FPS) / RATE
    return Math.round((beep - flashNear(luma, frame) / FPS) * 10_000) / 10
  })
  const avOffsetMs = Math.max(...offsetsMs.map(Math.abs))
  return { avOffsetMs, offsetsMs }
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, keep: { type: 'string' } } })
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'fanreel-av-offset-')))
  try {
    const found = await measureAvOffset({ folder, models: await loadModels() })
    const said = `Sound and picture are ${found.avOffsetMs} ms apart at the worst of ${found.offsetsMs.length} marks (${found.offsetsMs.join(', ')}).`
    process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : `${said}\n`)
  } finally {
    await ownStudio().close()
    if (!values.keep) await rm(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main()
