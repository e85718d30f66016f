/**
 * `npm run bench:render [-- --json] [-- --grow]`: how long a film takes, in ratios within one run. A clip of 8 s of the
 * sample visitor becomes a film twice, the first to warm up; beside it the encoder alone writes the same pictures again.
 * Then the matte is held against her true alpha, and a flash against a beep.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createStudio } from '../src/engines/studio/studio-engine.ts'
import { loadPack } from '../src/pack.ts'
import { ownStudio } from '../src/render.ts'
import { loadModels } from '../src/vision/models/load-models.ts'
import { measureAvOffset } from './av-offset.ts'
import { measureCancel } from './cancel.ts'
import { cutTo, type FilmFigures, measureFilm } from './film.ts'
import { measureGrowth, type Variant } from './growth.ts'
import { measureMatte } from './matte/measure.ts'
import { watchPeakMemory } from './peak-memory.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const HELP = `npm run bench:render -- [options]

  --clip FILE      the clip (8 s of the sample visitor)
  --pack FOLDER    the content pack (content-packs/figure-skating)
  --seconds N      how much of the clip is used; shorter ones begin anew (8)
  --grow           also how the time grows with clip, reel, threads and picture: six more films
  --film           the film alone: neither matte nor sync
  --json           one line of JSON on stdout
  --help           this text
`

const asked = () =>
  parseArgs({
    options: {
      clip: { type: 'string', default: join(root, 'ops/demo/sample-visitor/visitor.mp4') },
      pack: { type: 'string', default: join(root, 'content-packs/figure-skating') },
      seconds: { type: 'string', default: '8' },
      grow: { type: 'boolean', default: false },
      film: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values

const say = (line: string) => process.stderr.write(`${line}\n`)
const round = (value: number, digits: number) => Number(value.toFixed(digits))
const studio = (threads?: number) =>
  createStudio({ cacheDir: join(root, '.fanreel/cache'), ...(threads !== undefined && { threads }) })

const measure = async (values: ReturnType<typeof asked>, folder: string) => {
  const [pack, models] = await Promise.all([loadPack(values.pack), loadModels()])
  const clip = await cutTo(values.clip, Number(values.seconds), join(folder, 'clip.mp4'))
  const engine = studio()
  const task = { clip, pack, models, engine, folder: join(folder, 'film'), size: { width: 720, height: 1280 } }
  say('a film to warm up ...')
  await measureFilm(task)
  say('the film that is measured ...')
  const film = await measureFilm(task)
  say('the same, its memory watched ...')
  const memory = watchPeakMemory()
  await measureFilm(task)
  const peakRssMb = memory.stop()
  say('films that are stopped ...')
  const cancelMs = Math.round(await measureCancel(task))
  await engine.close()
  const { report, ...figures } = film
  const { stagesMs, durationMs, likeness, shots } = report
  const found = { ...figures, likeness, peakRssMb, cancelMs, shots, reelMs: durationMs, stagesMs }
  if (values.film) return { found, grown: [] }

  say('the matte ...')
  const matte = await measureMatte({ models, use: ({ use }) => use === 'report' })
  say('flash and beep ...')
  const { avOffsetMs } = await measureAvOffset({ models, pack: values.pack, folder: await mkdtemp(join(folder, 'offset-')) })
  const matteFigures = {
    matteCpuMs: round(matte.matteCpuMs, 1),
    matteErrorRatio: round(matte.matteErrorRatio, 3),
    matteGradientRatio: round(matte.matteGradientRatio, 3),
    matteFlickerRatio: round(matte.matteFlickerRatio, 3),
  }
  const grown = values.grow
    ? await measureGrowth({ clip: values.clip, pack, models, folder, studio, onVariant: (variant) => say(growthLine(variant)) })
    : []
  return { found: { ...found, ...matteFigures, avOffsetMs }, grown }
}

const stagesOf = ({ report }: FilmFigures): string =>
  Object.entries(report.stagesMs)
    .map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(1)}`)
    .join(', ')

const growthLine = ({ name, figures }: Variant): string =>
  `  ${name.padEnd(20)} ${(figures.report.durationMs / 1000).toFixed(1)} s of film in ${(figures.renderMs / 1000).toFixed(1)} s: ` +
  `${figures.ratioToReel} of its length, ${figures.ratioToX264} of x264 (${stagesOf(figures)})`

const main = async (): Promise<void> => {
  const values = asked()
  if (values.help) return void process.stdout.write(HELP)
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-bench-'))
  try {
    const { found, grown } = await measure(values, folder)
    if (values.json) {
      const growth = grown.map(({ name, figures: { report, ...figures } }) => ({ name, ...figures, stagesMs: report.stagesMs }))
      return void process.stdout.write(`${JSON.stringify({ ...found, ...(values.grow && { growth }) })}\n`)
    }
    const stages = Object.entries(found.stagesMs).map(([stage, ms]) => `  ${stage.padEnd(10)} ${(ms / 1000).toFixed(1)} s`)
    process.stdout.write(
      [
        `A film of ${(found.reelMs / 1000).toFixed(1)} s, clip in hand to verified reel: ${(found.renderMs / 1000).toFixed(1)} s`,
        `  ${found.ratioToReel} of its own length, ${found.ratioToX264} of x264 alone (${(found.x264Ms / 1000).toFixed(1)} s), compose and encode ${found.composeToX264}`,
        `  likeness ${found.likeness}, ${found.peakRssMb} MB at the most, with the programs it started`,
        `  stopped in any of its stages it is let go within ${found.cancelMs} ms`,
        ...('matteCpuMs' in found
          ? [
              `  matte: ${found.matteCpuMs} CPU ms a frame; error ${found.matteErrorRatio} of the raw network's, flicker ${found.matteFlickerRatio}`,
              `  sound and picture ${found.avOffsetMs} ms apart`,
            ]
          : []),
        ...stages,
        ...(grown.length > 0 ? ['', 'How it grows', ...grown.map(growthLine)] : []),
        '',
      ].join('\n'),
    )
  } finally {
    await ownStudio().close()
    await rm(folder, { recursive: true, force: true })
  }
}

await main()
