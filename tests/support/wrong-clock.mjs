/**
 * Loaded before a process of ours (`node --import`): its wall clock is wrong by `FANREEL_CLOCK_OFFSET_MS`, from the start or, with
 * `FANREEL_CLOCK_FILE`, from SIGUSR2 on, by the milliseconds that file then holds. Timers go on as they were, as they do on a
 * machine whose clock is set.
 */
import { readFileSync } from 'node:fs'

const RealDate = Date
let offsetMs = Number(process.env.FANREEL_CLOCK_OFFSET_MS ?? 0)
const now = () => RealDate.now() + offsetMs

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now())
    else super(...given)
  }

  static now() {
    return now()
  }
}
// For whoever asks whether it is wrong indeed.
process.stderr.write(`${JSON.stringify({ at: Date.now(), msg: 'by the clock of this process' })}\n`)
const file = process.env.FANREEL_CLOCK_FILE
if (file)
  process.on('SIGUSR2', () => {
    offsetMs = Number(readFileSync(file, 'utf8'))
  })
