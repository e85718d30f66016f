/**
 * `npm run bench:matte [-- --json] [-- --sheet OUT.png]`: how near the matte is to the sample visitor's true alpha over
 * twelve backgrounds, against the plain network, and what it costs. See `matte/measure.ts` for what is compared with what.
 */
import { parseArgs } from 'node:util'
import { loadModels } from '../src/vision/models/load-models.ts'
import { type Example, type Measured, measureMatte } from './matte/measure.ts'
import { writeSheet } from './matte/sheet.ts'

const HELP = `npm run bench:matte -- [options]

  --json         one line of JSON on stdout
  --tune         only the backgrounds that constants are chosen by
  --sheet FILE   writes a PNG too: picture, true alpha, network, ours, difference, cut out on green; a row a background
  --help         this text
`

const three = (value: number) => value.toFixed(3)
const share = (ours: number, raw: number) => (ours / raw).toFixed(2).padStart(5)

const line = ({ background, use, raw, ours, cpuMs, networkMs }: Measured): string =>
  [
    background.padEnd(32),
    use.padEnd(7),
    `error ${(ours.error * 100).toFixed(2)}% of ${(raw.error * 100).toFixed(2)}% ${share(ours.error, raw.error)}`,
    `gradient ${share(ours.gradient, raw.gradient)}`,
    `flicker ${three(ours.flicker)} of ${three(raw.flicker)} ${share(ours.flicker, raw.flicker)}`,
    `${cpuMs.toFixed(1)} CPU ms (network ${networkMs.toFixed(1)})`,
  ].join('  ')

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      tune: { type: 'boolean', default: false },
      sheet: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  const examples: Example[] = []
  const report = await measureMatte({
    models: await loadModels(),
    use: ({ use }) => !values.tune || use === 'tune',
    onRow: (row) => process.stderr.write(`${line(row)}\n`),
    ...(values.sheet ? { onExample: (example: Example) => examples.push(example) } : {}),
  })
  if (values.sheet) await writeSheet(values.sheet, examples)
  const { rows, ...ratios } = report
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ ...Object.fromEntries(Object.entries(ratios).map(([key, value]) => [key, Number(value.toFixed(3))])), rows })}\n`,
    )
    return
  }
  process.stdout.write(
    [
      `Over the backgrounds of the report: error ${ratios.matteErrorRatio.toFixed(2)} of the network's, gradient error ${ratios.matteGradientRatio.toFixed(2)}, flicker ${ratios.matteFlickerRatio.toFixed(2)}`,
      `${ratios.matteCpuMs.toFixed(1)} CPU ms a frame of 720x1280, the networks within`,
      '',
    ].join('\n'),
  )
}

await main()
