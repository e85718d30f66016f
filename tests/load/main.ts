/**
 * `npm run load -- --kiosks K --nodes M --visits V --orchestrators N [--json]`: a whole event on this machine, with the real
 * uploader and the real link over real sockets. Ends by itself; exit code 1 where a visit was lost, doubled or is stuck.
 */
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { readMix } from './engine-mix.ts'
import { type LoadReport, runLoad } from './run-load.ts'

const HELP = `npm run load -- [options]

  --kiosks K          virtual kiosks, each with a socket and the real uploader (100)
  --nodes M           virtual nodes, each with the real link and an engine that takes no time (20)
  --visits V          visitors of all kiosks together (500)
  --orchestrators N   processes that share Redis and media store (3)
  --clip-bytes B      length of each clip (2000)
  --make-ms T         how long a film takes, in milliseconds (0)
  --ahead A           films of one kiosk under way at once (3)
  --store S           where clips and films lie: disk, or s3, a server in this process (disk)
  --engine-mix MIX    films drawn down the real ladder by real engines, in the event's order, on contract servers: an engine
                      and how many servers each node has of it, or tasks under way, as comfyui:1,videos-api:1,model-studio:2
                      (every second visitor agrees to the cloud); takes the place of --make-ms
  --speed-up S        with a mix: how many times as fast as the wall's the engines' clock runs (50)
  --fault-percent P   with a mix: how many of the shots asked for bring each documented fault (5)
  --finish-within T   with a mix: what the event promises for a film, in seconds of that clock (600)
  --seed N            with a mix: of its chances (1)
  --grow              runs a quarter and a half of it first, so that one sees how it grows
  --json              one line of JSON on stdout
  --help              this text
`

const count = (byDefault: number) => z.coerce.number().int().positive().default(byDefault)
const Flags = z.object({
  kiosks: count(100),
  nodes: count(20),
  visits: count(500),
  orchestrators: count(3),
  'clip-bytes': count(2_000),
  ahead: count(3),
  store: z.enum(['disk', 's3']).default('disk'),
  'engine-mix': z.string().transform(readMix).optional(),
  'speed-up': z.coerce.number().min(1).max(200).default(50),
  'fault-percent': z.coerce.number().min(0).max(100).default(5),
  'finish-within': count(600),
  seed: count(1),
  'make-ms': z.coerce.number().int().nonnegative().default(0),
})

const waitOf = ({ waitErrorMs, waitRatioP50, waitRatioP90 }: LoadReport): string =>
  waitErrorMs === undefined
    ? ''
    : `; waits told were off by ${waitErrorMs} ms at the median, and came to ${waitRatioP50} of what was told, nine of ten to ${waitRatioP90} at most`
const lineOf = (report: LoadReport): string => {
  const { visits, ready, failed, lost, doubled, stuck, seconds, s3Requests } = report
  const asked =
    s3Requests === undefined ? '' : `; ${(s3Requests / Math.max(1, visits)).toFixed(1)} requests to the bucket a visit`
  return `${visits} visits in ${seconds} s (${(visits / seconds).toFixed(1)} a second): ${ready} ready, ${failed} failed, ${lost} lost, ${doubled} doubled, ${stuck} stuck${waitOf(report)}${asked}`
}

const main = async (): Promise<void> => {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      kiosks: text,
      nodes: text,
      visits: text,
      orchestrators: text,
      'clip-bytes': text,
      ahead: text,
      store: text,
      'make-ms': text,
      'engine-mix': text,
      'speed-up': text,
      'fault-percent': text,
      'finish-within': text,
      seed: text,
      grow: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  const { 'clip-bytes': clipBytes, 'make-ms': makeMs, 'engine-mix': mix, seed, ...flags } = Flags.parse(values)
  const mixed = mix && {
    ...{ mix, seed, times: flags['speed-up'], faultShare: flags['fault-percent'] / 100 },
    finishWithinMs: flags['finish-within'] * 1_000,
  }
  const sizeAt = (share: number) => {
    const part = (whole: number) => Math.max(1, Math.round(whole * share))
    return { kiosks: part(flags.kiosks), nodes: part(flags.nodes), visits: part(flags.visits) }
  }
  const runAt = (share: number) => {
    return runLoad({
      ...{ kiosks: flags.kiosks, nodes: flags.nodes, visits: flags.visits, orchestrators: flags.orchestrators },
      ...{ ahead: flags.ahead, store: flags.store },
      ...(mixed && { mixed }),
      clipBytes,
      makeMs,
      ...sizeAt(share),
      onProgress: (over, seconds) => process.stderr.write(`${seconds.toFixed(0).padStart(5)} s  ${over} over\n`),
    })
  }
  let report: LoadReport | undefined
  for (const share of values.grow ? [0.25, 0.5, 1] : [1]) {
    report = await runAt(share)
    const { kiosks, nodes } = sizeAt(share)
    if (!values.json) process.stdout.write(`${kiosks} kiosks, ${nodes} nodes, ${flags.store}: ${lineOf(report)}\n`)
  }
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
  if (report && report.lost + report.doubled + report.stuck + (report.doublePaid ?? 0) > 0) process.exitCode = 1
}

await main()
