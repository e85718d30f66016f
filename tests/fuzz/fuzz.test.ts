/** The fuzzer in short, with the messages of one seed; `npm run test:fuzz` is the long form. */
import { expect, it } from 'vitest'
import { runFuzz } from './run-fuzz.ts'

const MESSAGES = 2_000
const SEED = 1

it('A4: hostile messages of every kind harm neither the orchestrator nor the visits made meanwhile', {
  timeout: 180_000,
}, async () => {
  const report = await runFuzz({ messages: MESSAGES, seed: SEED })
  expect(report.faults).toEqual([])
  expect(report.messages).toBeGreaterThanOrEqual(MESSAGES)
  // Some of it was said of work that was theirs, and none of that work is left lying.
  expect(report.leases).toBeGreaterThan(0)
  expect(report.prey).toBeGreaterThan(0)
  // They came past the first door: some were taken, some were refused for what they were.
  for (const outcome of ['ok', 'bad-message', 'unknown-message', 'hello-first'])
    expect(report.outcomes[outcome], outcome).toBeGreaterThan(0)
})
