/**
 * Faults at random, many at once. `npm run test:faults -- --random --seed S --minutes M` runs one schedule; the whole suite runs one
 * and those that have found something once. The short form leaves all of them out.
 */
import { expect, it } from 'vitest'
import { IS_FULL } from '../fault.ts'
import { runSchedule } from './run-schedule.ts'
import { INJURIES, planSchedule } from './schedule.ts'

const MINUTE_MS = 60_000
/** What a schedule may take beyond its length: starting, recovering, settling. */
const AROUND_MS = 6 * MINUTE_MS
/** Schedules that have failed before what they found was mended, with their length in minutes. */
/** 90210: a node whose connection broke while it said hello never dialled again. */
const FOUND_SOMETHING: readonly (readonly [seed: number, minutes: number])[] = [[90210, 3]]
const asked = process.env.FANREEL_RANDOM_SEED

const runs =
  asked === undefined
    ? [[1, 1] as const, ...FOUND_SOMETHING]
    : [[Number(asked), Number(process.env.FANREEL_RANDOM_MINUTES ?? 1)] as const]
for (const [seed, minutes] of IS_FULL ? runs : [])
  it(`seed ${seed}, ${minutes} min: nothing is lost, doubled or left`, { timeout: minutes * MINUTE_MS + AROUND_MS }, async () => {
    const report = await runSchedule(seed, minutes * MINUTE_MS)
    process.stderr.write(`seed ${seed}: ${JSON.stringify(report)}\n`)
    expect(report.ready).toBeGreaterThan(0)
  })

it('a seed makes the same schedule again, and many seeds bring every fault', () => {
  expect(planSchedule(7, MINUTE_MS)).toEqual(planSchedule(7, MINUTE_MS))
  expect(planSchedule(7, MINUTE_MS)).not.toEqual(planSchedule(8, MINUTE_MS))
  const seen = new Set(
    Array.from({ length: 20 }, (_, seed) => planSchedule(seed, MINUTE_MS)).flatMap((plan) => plan.map(({ injury }) => injury)),
  )
  expect([...seen].sort()).toEqual(Object.keys(INJURIES).sort())
})
