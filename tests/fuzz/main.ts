/** `npm run test:fuzz -- --messages N --seed S [--json]`: hostile messages against a real orchestrator; exit code 1 where anything gave way. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { isFlat } from './memory.ts'
import { runFuzz } from './run-fuzz.ts'

const HELP = `npm run test:fuzz -- [options]

  --messages N   at least so many messages (100000)
  --seed S       the same messages as the run that named this seed
  --json         one line of JSON on stdout
  --help         this text
`
const Flags = z.object({
  messages: z.coerce.number().int().positive().default(100_000),
  seed: z.coerce.number().int().nonnegative().optional(),
})
const MIB = 1_048_576

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const
const { values } = parseArgs({ options: { messages: text, seed: text, json: flag, help: flag } })
if (values.help) {
  process.stdout.write(HELP)
} else {
  const { messages, seed = randomInt(2 ** 31) } = Flags.parse(values)
  process.stderr.write(`seed ${seed}\n`)
  let told = 0
  const report = await runFuzz({
    messages,
    seed,
    onProgress: (count) => {
      if (count < told + 5_000) return
      told = count
      process.stderr.write(`${String(count).padStart(8)} messages\n`)
    },
  })
  if (!isFlat(report)) report.faults.push(`the heap grew from ${report.heapStart} to ${report.heapEnd} bytes`)
  const { faults, outcomes, ...figures } = report
  if (values.json) process.stdout.write(`${JSON.stringify({ ...figures, outcomes, faults })}\n`)
  else {
    const heap = [report.heapStart, report.heapEnd].map((bytes) => (bytes / MIB).toFixed(1)).join(' -> ')
    process.stdout.write(
      `${report.messages} messages in ${report.seconds} s, seed ${seed}; ${report.films} films of ${report.visits} honest visits; heap ${heap} MiB\n`,
    )
    for (const [outcome, count] of Object.entries(outcomes).toSorted(([, a], [, b]) => b - a))
      process.stdout.write(`${String(count).padStart(8)}  ${outcome}\n`)
    for (const fault of faults) process.stdout.write(`FAULT ${fault}\n`)
  }
  process.exitCode = faults.length > 0 ? 1 : 0
}
