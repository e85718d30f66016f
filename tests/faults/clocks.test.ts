/** Machines whose clocks are wrong. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { madeClip } from '../support/fake-kiosk.ts'
import { sendVisitor } from '../support/visitor.ts'
import { defineFault, NotStruck, until } from './fault.ts'
import { allReady } from './invariant.ts'

const WRONG_CLOCK = fileURLToPath(new URL('../support/wrong-clock.mjs', import.meta.url))
const UNSTEADY_CLOCK = fileURLToPath(new URL('../support/unsteady-clock.mjs', import.meta.url))
const MINUTES = 60
const HOUR_MS = 3_600_000
const wrongBy = (ms: number) => ({ nodeArgs: ['--import', WRONG_CLOCK], env: { FANREEL_CLOCK_OFFSET_MS: String(ms) } })
const FILMS = 6

for (const [name, sign] of [
  ['fast', 1],
  ['slow', -1],
] as const)
  defineFault({
    name: `The clock of one of two orchestrators is ${name} by ${MINUTES} minutes`,
    injected: `an orchestrator whose wall clock is ${MINUTES} minutes ${name}, beside one that is right, with kiosks and nodes at both`,
    invariant:
      'deadlines, signed addresses, retries and uploads hold by one clock, whichever instance set them and whichever looks',
    recovery: 'from the first clip until the last film',
    boundMs: 45_000,
    fleet: { orchestrators: 1 },
    guard: { name: "the event's one clock", off: { env: { FANREEL_CLOCK_SYNC_MS: '0' } } },
    fullOnly: true,
    strike: async (fleet, boundMs) => {
      const offsetMs = sign * MINUTES * 60_000
      await fleet.startOrchestrator(wrongBy(offsetMs))
      const [right, wrong] = [...fleet.orchestrators.keys()].map((port) => `http://127.0.0.1:${port}`)
      if (right === undefined || wrong === undefined) throw new NotStruck('there are no two orchestrators')
      // By a line that leads to each in turn: whoever is cut off goes on at the other one.
      const lines = [await fleet.line(), await fleet.line()]
      for (const [at, line] of lines.entries()) await fleet.startNodes([`node-${at}`], { makeMs: 3_000, line })
      // What its log is dated: the date of its answers Node takes from the machine.
      const skews = async () => [...(await fleet.logs()).matchAll(/"at":(\d+)/g)].map(([, at]) => Number(at) - Date.now())
      const found = async () => (await skews()).find((skew) => Math.abs(skew - offsetMs) < 60_000)
      await until(async () => (await found()) !== undefined, { withinMs: 10_000, what: 'a log by a wrong clock' }).catch(() => {
        throw new NotStruck('no clock is wrong')
      })
      const skew = (await found()) ?? 0
      const kioskLine = await fleet.line()
      const since = performance.now()
      const visits: string[] = []
      for (let count = 0; count < FILMS; count++) {
        const kiosk = await fleet.kiosk(`kiosk-${count}`, kioskLine)
        const from = { kioskId: `kiosk-${count}`, url: right }
        visits.push((await sendVisitor(kiosk, from, { clip: madeClip(), packId: 'tiny' })).visitId)
      }
      let changes = 0
      const change = setInterval(() => {
        changes++
        for (const line of lines) line.cut()
      }, 2_000)
      try {
        const recoveryMs = await until(async () => (await fleet.store.counts()).ready === FILMS, {
          withinMs: boundMs,
          what: 'every film',
          since,
        })
        const proof = `its log was dated ${Math.round(skew / 1_000)} s off; nodes changed over ${changes} times`
        return { recoveryMs, proof, ends: allReady(visits) }
      } finally {
        clearInterval(change)
      }
    },
  })

/** Longer than a beat waits for its answer, shorter than a lease. */
const SPEECHLESS_MS = 4_000

defineFault({
  name: "A node's clock is an hour slow, and is set an hour fast in mid-film",
  injected: `the wall clock of the only node, an hour behind, set two hours on while it draws; then a network that swallows everything for ${SPEECHLESS_MS / 1_000} s`,
  invariant: 'it keeps its film: neither a lease nor a deadline is counted by its wall clock',
  recovery: 'from the moment the network is back until the film',
  boundMs: 20_000,
  guard: { name: 'a steady clock', off: { gpuNodeArgs: ['--import', UNSTEADY_CLOCK], env: { FANREEL_LEASE_MS: '12000' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const clockFile = join(fleet.folder, 'clock')
    await writeFile(clockFile, String(HOUR_MS))
    const slow = wrongBy(-HOUR_MS)
    const line = await fleet.line()
    const env = { ...slow.env, FANREEL_CLOCK_FILE: clockFile }
    const nodes = await fleet.startNodes(['node-a'], { makeMs: 2 * SPEECHLESS_MS, line, nodeArgs: slow.nodeArgs, env })
    const kiosk = await fleet.kiosk('kiosk-1')
    const from = { kioskId: 'kiosk-1', url: fleet.url }
    const visitor = await sendVisitor(kiosk, from, { clip: madeClip(), packId: 'tiny' })
    const { visitId } = visitor
    await visitor.until((view) => view.state === 'rendering' && view.stage === 'draw')
    nodes.process.kill('SIGUSR2')
    line.blackHole(true)
    const goneAt = performance.now()
    await until(() => performance.now() - goneAt > SPEECHLESS_MS, { withinMs: 2 * SPEECHLESS_MS, what: 'the silence' })
    line.blackHole(false)
    const since = performance.now()
    const recoveryMs = await until(async () => (await fleet.store.get(visitId))?.state === 'ready', {
      withinMs: boundMs,
      what: 'the film',
      since,
    })
    const begun = (await fleet.store.get(visitId))?.history.filter((step) => step.state === 'rendering').length
    if (begun !== 1) throw new Error(`the film was begun ${begun} times`)
    const minutesOff = async () =>
      [...(await fleet.logs()).matchAll(/^\{"level":\d+,"time":(\d+).*"node":"node-a"/gm)].map(([, time]) =>
        Math.round((Number(time) - Date.now()) / 60_000),
      )
    const wrong = async () => {
      const off = await minutesOff()
      return Math.min(...off) < -30 && Math.max(...off) > 30
    }
    await until(wrong, { withinMs: 5_000, what: "a log by the node's wrong clock" }).catch(() => {
      throw new NotStruck("the node's clock is right")
    })
    const off = await minutesOff()
    return {
      recoveryMs,
      proof: `its log is dated ${Math.min(...off)} to ${Math.max(...off)} minutes off`,
      ends: allReady([visitId]),
    }
  },
})
