/**
 * One fault of an installation as a test: what is done to it, what must hold all the same, and how soon all is well again.
 * Each shows that it struck; with its guard switched off the very same test must fail, or it would prove nothing.
 */
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Fleet, type FleetOptions, startFleet } from '../support/fleet.ts'
import { type Ends, expectWhole } from './invariant.ts'

/** Whether the whole suite runs, with an event's own timings, or its short form. */
export const IS_FULL = process.env.FANREEL_FAULTS === 'full'
/** Where `npm run test:faults` looks for what was found: one line of JSON a fault. */
export const FINDINGS = fileURLToPath(new URL('../../.fanreel/faults.jsonl', import.meta.url))

/** Short enough that `npm test` need not wait, long enough for a busy machine. */
export const SHORT_TIMINGS = {
  FANREEL_BEAT_MS: '1000',
  FANREEL_LEASE_MS: '6000',
  FANREEL_STALLED_MS: '400',
  FANREEL_OFFER_MS: '1500',
  FANREEL_GRACE_MS: '1500',
  FANREEL_POLL_MS: '150',
  FANREEL_RETRY_MS: '100',
  FANREEL_SWEEP_MS: '400',
  FANREEL_PUT_MS: '20000',
}

/** How long the short form waits: for as long as a busy machine may take. */
const PATIENCE_MS = 90_000
/** How long is waited for a recovery that must not come, with the short timings: several times what it takes. */
const HARM_MS = 20_000

/** The fault was not there when it should have been: the test proves nothing. */
export class NotStruck extends Error {}

export type Struck = {
  /** From the fault, or from its end where it has one, until all was well again, in milliseconds. */
  recoveryMs: number
  /** What shows that it struck, for the page. */
  proof: string
  /** The visits of this test, and in which state each may end. */
  ends: Ends
}

export type Fault = {
  name: string
  injected: string
  /** What must hold besides what holds after every fault. */
  invariant: string
  /** What `recoveryMs` counts. */
  recovery: string
  /** The longest recovery with an event's own timings, in milliseconds. The short form asks whether, not how soon. */
  boundMs: number
  fleet?: FleetOptions
  /** What keeps the invariant, and how a test can do without it. Only configuration that no event has. */
  guard?: { name: string; off: FleetOptions }
  /** Whether `npm test` leaves it out. */
  fullOnly?: boolean
  /** What the machine must grant for it. */
  needs?: { what: string; have: () => boolean }
  strike(fleet: Fleet, boundMs: number): Promise<Struck>
}

/** Waits until the condition holds; answers how long that took since `since`, by `performance.now()`. */
export const until = async (
  holds: () => Promise<boolean> | boolean,
  options: { withinMs: number; what: string; since?: number },
): Promise<number> => {
  const since = options.since ?? performance.now()
  const last = performance.now() + options.withinMs
  while (!(await holds())) {
    if (performance.now() > last) throw new Error(`not within ${options.withinMs} ms: ${options.what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return Math.round(performance.now() - since)
}

const merged = (...parts: (FleetOptions | undefined)[]): FleetOptions => ({
  ...Object.assign({}, ...parts),
  env: Object.assign({}, ...parts.map((part) => part?.env)),
})

const note = async (fault: Fault, { recoveryMs, proof }: Struck): Promise<void> => {
  const { name, injected, invariant, recovery, boundMs, guard } = fault
  const row = { name, injected, invariant, recovery, boundMs, recoveryMs, proof, guard: guard?.name }
  await mkdir(join(FINDINGS, '..'), { recursive: true })
  await appendFile(FINDINGS, `${JSON.stringify(row)}\n`)
}

const withFleet = async <T>(options: FleetOptions, work: (fleet: Fleet) => Promise<T>): Promise<T> => {
  const fleet = await startFleet(options)
  try {
    return await work(fleet)
  } catch (error) {
    // For the person who asks what happened.
    if (process.env.FANREEL_TEST_LOG) process.stderr.write(await fleet.logs())
    throw error
  } finally {
    await fleet.stop()
  }
}

const attempt = async (fault: Fault, fleet: Fleet, boundMs: number): Promise<Struck> => {
  const struck = await fault.strike(fleet, boundMs)
  await expectWhole(fleet, struck.ends)
  expect(struck.recoveryMs, `recovery from: ${fault.name}`).toBeLessThanOrEqual(boundMs)
  return struck
}

/**
 * Makes the fault a test; in the full suite two, the second without its guard. What the short form leaves out is no test at all
 * there: nothing counts as skipped but what this machine does not allow.
 */
export const defineFault = (fault: Fault): void => {
  const { name, boundMs, guard } = fault
  const timings = IS_FULL ? {} : { env: SHORT_TIMINGS }
  if (fault.fullOnly && !IS_FULL) return
  const able = fault.needs?.have() ?? true
  describe.runIf(able)(able ? name : `${name} (needs ${fault.needs?.what})`, () => {
    it('does no harm', { timeout: 300_000 }, () =>
      withFleet(merged(timings, fault.fleet), async (fleet) => {
        const struck = await attempt(fault, fleet, IS_FULL ? boundMs : PATIENCE_MS)
        if (IS_FULL) await note(fault, struck)
      }),
    )
    if (!IS_FULL || !guard) return
    it(`without ${guard.name} it does`, { timeout: 300_000 }, () =>
      withFleet(merged({ env: SHORT_TIMINGS }, fault.fleet, guard.off), async (fleet) => {
        const harm = await attempt(fault, fleet, HARM_MS).then(
          () => undefined,
          (error: unknown) => error,
        )
        if (harm instanceof NotStruck) throw harm
        if (process.env.FANREEL_TEST_LOG) process.stderr.write(`without ${guard.name}: ${harm}\n`)
        expect(harm, 'the guard that was switched off is not what keeps the invariant').toBeInstanceOf(Error)
      }),
    )
  })
}
