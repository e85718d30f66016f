/** Redis restarted, cut off, frozen and full while visitors come and go. */

import { execFile } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { madeClip } from '../support/fake-kiosk.ts'
import { sendVisitor } from '../support/visitor.ts'
import { defineFault, NotStruck, until } from './fault.ts'
import { allReady } from './invariant.ts'
import { admin, startRush } from './rush.ts'

const NO_REDIAL = fileURLToPath(new URL('../support/no-redial.mjs', import.meta.url))
const OUTAGE_MS = 2_000

defineFault({
  name: 'Redis is killed and restarted under load',
  injected: 'SIGKILL to Redis with three kiosks sending and two nodes working; started again on its files two seconds later',
  invariant: 'what was acknowledged is there again; kiosks, orchestrator and nodes go on by themselves',
  recovery: 'from the moment Redis answers again until the next film is ready',
  boundMs: 5_000,
  guard: { name: 'the append-only file', off: { appendOnly: false } },
  strike: async (fleet, boundMs) => {
    const rush = await startRush(fleet)
    const before = new Set(rush.visits)
    await fleet.server.kill()
    const gone = await fetch(`${fleet.url}/ready`)
    if (gone.status !== 503) throw new NotStruck(`without Redis the orchestrator says ${gone.status}`)
    await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS))
    await fleet.server.restart()
    const recoveryMs = await rush.nextFilm(boundMs)
    await rush.stop()
    const kept = await fleet.store.getMany([...before])
    if (kept.length < before.size) throw new Error(`${before.size - kept.length} visits are lost`)
    return { recoveryMs, proof: `/ready answered ${gone.status} meanwhile`, ends: allReady(rush.visits) }
  },
})

defineFault({
  name: 'Every connection to Redis is cut, again and again',
  injected: '`CLIENT KILL TYPE normal` and `TYPE pubsub` twenty times, every 100 ms, in the middle of commits',
  invariant: 'each is made again at once; a write whose answer was lost is read again before anything is decided',
  recovery: 'from the last cut until the next film is ready',
  boundMs: 5_000,
  guard: { name: 'the making anew of lost connections', off: { nodeArgs: ['--import', NO_REDIAL] } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const rush = await startRush(fleet)
    const killed = await admin(fleet, async (client) => {
      let count = 0
      for (let at = 0; at < 20; at++) {
        for (const type of ['normal', 'pubsub'])
          count += Number(await client.sendCommand(['CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes']))
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return count
    })
    if (killed < 20) throw new NotStruck(`only ${killed} connections were cut`)
    const recoveryMs = await rush.nextFilm(boundMs)
    await rush.stop()
    return { recoveryMs, proof: `${killed} connections were cut`, ends: allReady(rush.visits) }
  },
})

const PAUSE_MS = 15_000

defineFault({
  name: 'Redis stands still',
  injected: `\`CLIENT PAUSE ${PAUSE_MS} ALL\` under load`,
  invariant: 'a peer that asks meanwhile is told `unavailable` within the deadline, not left waiting',
  recovery: 'from the end of the pause until the next film is ready',
  boundMs: 5_000,
  guard: { name: 'the deadline of each call to Redis', off: { env: { FANREEL_REDIS_DEADLINE_MS: '120000' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const rush = await startRush(fleet)
    await admin(fleet, (client) => client.sendCommand(['CLIENT', 'PAUSE', String(PAUSE_MS), 'ALL']))
    const pausedAt = performance.now()
    const told = await fetch(`${fleet.url}/ready`, { signal: AbortSignal.timeout(PAUSE_MS - 1_500) })
    const toldMs = Math.round(performance.now() - pausedAt)
    if (told.status !== 503) throw new Error(`while Redis stands still the orchestrator says ${told.status}`)
    const left = PAUSE_MS - (performance.now() - pausedAt)
    if (left < 0) throw new NotStruck('the pause was over before anybody noticed')
    await new Promise((resolve) => setTimeout(resolve, left))
    const recoveryMs = await rush.nextFilm(boundMs)
    await rush.stop()
    return { recoveryMs, proof: `/ready answered ${told.status} after ${toldMs} ms`, ends: allReady(rush.visits) }
  },
})

defineFault({
  name: 'Redis is full',
  injected: '`maxmemory 1mb` under load: every write is refused, for three seconds',
  invariant: 'kiosks are told `overloaded` and keep their clips; nothing that is stored is thrown out',
  recovery: 'from the moment there is room again until the next film is ready',
  boundMs: 10_000,
  guard: {
    name: 'that Redis refuses instead of throwing out (`noeviction`)',
    off: { redisPolicy: 'allkeys-random' },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const rush = await startRush(fleet)
    const before = new Set(rush.visits)
    const settle = (value: string) => admin(fleet, (client) => client.configSet('maxmemory', value))
    await settle('1mb')
    const evicted = () => admin(fleet, async (client) => Number(/evicted_keys:(\d+)/.exec(await client.info('stats'))?.[1] ?? 0))
    const refused = async () => (await fleet.logs()).includes('"code":"overloaded"')
    await until(async () => (await refused()) || (await evicted()) > 0, { withinMs: 20_000, what: 'a write that is refused' })
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    if (!(await refused()) && (await evicted()) === 0) throw new NotStruck('nothing was refused')
    await settle('0')
    const recoveryMs = await rush.nextFilm(boundMs)
    await rush.stop()
    const kept = await fleet.store.getMany([...before])
    if (kept.length < before.size) throw new Error(`${before.size - kept.length} visits are lost`)
    return { recoveryMs, proof: 'peers were told `overloaded`', ends: allReady(rush.visits) }
  },
})

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

defineFault({
  name: 'Redis is emptied',
  injected:
    '`FLUSHALL` with visits whose clips were acknowledged and no node to make their films; then the command that rebuilds',
  invariant:
    'it is noticed and alarmed; until it is rebuilt nothing pretends to be ready; every acknowledged visit gets its film',
  recovery: 'from the loss until /ready says so',
  boundMs: 10_000,
  guard: { name: 'the look for a lost memory', off: { env: { FANREEL_SWEEP_MS: '3600000' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const kiosk = await fleet.kiosk('kiosk-1')
    const visits: string[] = []
    for (let count = 0; count < 5; count++) {
      const { visitId } = await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
      visits.push(visitId)
    }
    await admin(fleet, (client) => client.flushAll())
    if ((await fleet.store.getMany(visits)).length > 0) throw new NotStruck('the visits are still there')
    const isReady = async () => (await fetch(`${fleet.url}/ready`)).status === 200
    const recoveryMs = await until(async () => !(await isReady()), { withinMs: boundMs, what: 'an alarm' })
    if (!(await fleet.logs()).includes('"code":"memory-lost"')) throw new Error('no log line tells of the loss')
    if (!/^fanreel_memory_lost 1$/m.test(await (await fetch(`${fleet.url}/metrics`)).text()))
      throw new Error('Prometheus does not hear of the loss')
    const [port] = fleet.orchestrators.keys()
    const env = { ...process.env, ...fleet.orchestratorEnv, FANREEL_PORT: String(port) }
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'orchestrator/src/cli.ts', 'rebuild'], { cwd: ROOT, env })
    await until(isReady, { withinMs: 30_000, what: 'an orchestrator that is ready again' })
    await fleet.startNodes(['node-a'])
    return { recoveryMs, proof: `${visits.length} visits were gone from Redis`, ends: allReady(visits) }
  },
})
