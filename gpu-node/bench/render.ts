/**
 * `npm run bench:render [-- --json]`: how long a film takes, in ratios within one run. A clip of 8 s of the sample visitor
 * becomes a film twice, the first to warm up; beside it the encoder alone writes the same pictures again.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { loadPack } from '../src/pack.ts'
import { ownStudio, renderFilm } from '../src/render.ts'
import { loadModels } from '../src/vision/models/load-models.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

const HELP = `npm run bench:render -- [options]

  --clip FILE      the clip (8 s of the sample visitor)
  --pack FOLDER    the content pack (content-packs/figure-skating)
  --seconds N      how much of the clip is used; shorter ones begin anew (8)
  --json           one line of JSON on stdout
  --help           this text
`

const asked = () =>
  parseArgs({
    options: {
      clip: { type: 'string', default: join(root, 'ops/demo/sample-visitor/visitor.mp4') },
      pack: { type: 'string', default: join(root, 'content-packs/figure-skating') },
      seconds: { type: 'string', default: '8' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values

/** The clip at the length that is measured. */
const cutTo = async (clip: string, seconds: string, path: string): Promise<string> => {
  const repeated = ['-v', 'error', '-stream_loop', '-1', '-i', clip, '-t', seconds]
  await run('ffmpeg', [...repeated, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '16', '-c:a', 'aac', '-y', path])
  return path
}

const timed = async <T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> => {
  const begun = performance.now()
  const result = await work()
  return { ms: performance.now() - begun, result }
}

/** What x264 alone takes for the film's own pictures, raw from the disk, by the assembly's settings. */
const encoderAlone = async (reel: string, folder: string): Promise<number> => {
  const raw = join(folder, 'reel.yuv')
  await run('ffmpeg', ['-v', 'error', '-i', reel, '-an', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-y', raw])
  const pictures = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '720x1280', '-r', '24', '-i', raw]
  const settings = ['-c:v', 'libx264', '-profile:v', 'high', '-preset', 'veryfast', '-crf', '23', '-g', '48']
  const { ms } = await timed(() => run('ffmpeg', ['-v', 'error', ...pictures, ...settings, '-y', join(folder, 'again.mp4')]))
  await rm(raw)
  return ms
}

/** The most memory this process has had, MB; programs it starts are not in it. */
const peakRssMb = async (): Promise<number> =>
  Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(await readFile('/proc/self/status', 'utf8'))?.[1]) / 1024)

const round = (value: number, digits: number) => Number(value.toFixed(digits))

const measure = async (values: ReturnType<typeof asked>, folder: string) => {
  const { signal } = new AbortController()
  const clip = await cutTo(values.clip, values.seconds, join(folder, 'clip.mp4'))
  const [pack, models] = await Promise.all([loadPack(values.pack), loadModels({ signal })])
  const film = async (scratch: string) => {
    await mkdir(scratch)
    const made = await renderFilm({
      clip,
      pack,
      firstName: 'Vita',
      language: 'en',
      seed: 1,
      scratch,
      models,
      policy: { prefer: ['studio'], redrawAbove: 0.35 },
      signal,
    })
    if (!made.ok) throw new Error(`no film: ${made.code}`)
    return made
  }
  await film(join(folder, 'first'))
  await rm(join(folder, 'first'), { recursive: true })
  const { ms, result } = await timed(() => film(join(folder, 'second')))
  const x264Ms = await encoderAlone(result.reel, folder)
  const { stagesMs, durationMs, likeness, shots } = result.report
  const composeMs = (stagesMs.draw ?? 0) + (stagesMs.assemble ?? 0)
  return {
    ratioToReel: round(ms / durationMs, 2),
    ratioToX264: round(ms / x264Ms, 2),
    composeToX264: round(composeMs / x264Ms, 2),
    likeness,
    peakRssMb: await peakRssMb(),
    shots,
    reelMs: durationMs,
    renderMs: Math.round(ms),
    x264Ms: Math.round(x264Ms),
    stagesMs,
  }
}

const main = async (): Promise<void> => {
  const values = asked()
  if (values.help) return void process.stdout.write(HELP)
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-bench-'))
  try {
    const found = await measure(values, folder)
    if (values.json) return void process.stdout.write(`${JSON.stringify(found)}\n`)
    const stages = Object.entries(found.stagesMs).map(([stage, ms]) => `  ${stage.padEnd(10)} ${(ms / 1000).toFixed(1)} s`)
    process.stdout.write(
      [
        `A film of ${(found.reelMs / 1000).toFixed(1)} s, clip in hand to verified reel: ${(found.renderMs / 1000).toFixed(1)} s`,
        `  ${found.ratioToReel} of its own length, ${found.ratioToX264} of x264 alone (${(found.x264Ms / 1000).toFixed(1)} s), compose and encode ${found.composeToX264}`,
        `  likeness ${found.likeness}, ${found.peakRssMb} MB at the most`,
        ...stages,
        '',
      ].join('\n'),
    )
  } finally {
    await ownStudio().close()
    await rm(folder, { recursive: true, force: true })
  }
}

await main()
