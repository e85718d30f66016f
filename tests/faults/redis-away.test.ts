/** Redis that is away for longer than leases last, or there again and still reading its files. */
import { performance } from 'node:perf_hooks'
import { ErrorReply } from 'redis'
import { madeClip } from '../support/fake-kiosk.ts'
import { sendVisitor } from '../support/visitor.ts'
import { without } from '../support/without.ts'
import { defineFault, NotStruck, until } from './fault.ts'
import { allReady } from './invariant.ts'
import { admin, startRush } from './rush.ts'

/** Longer than a lease. */
const AWAY_MS = 20_000
/** Longer than a call to Redis may take, and a look at the disk besides. */
const TOLD_WITHIN_MS = 5_000
const DIALS_ON = 'Math.min(50 * 2 ** Math.min(retries, 5), 1_000)'

defineFault({
  name: 'Redis is away for longer than a lease, under load',
  injected: `SIGKILL to Redis with three kiosks sending and two nodes working; started again on its files ${AWAY_MS / 1_000} seconds later`,
  invariant: 'whoever asks meanwhile is told so in time; then all go on by themselves, and what was acknowledged is there again',
  recovery: 'from the moment Redis answers again until the next film is ready',
  boundMs: 10_000,
  guard: {
    name: 'dialling Redis again however long it is away',
    off: { nodeArgs: without('/queue/redis.ts', DIALS_ON, `retries < 10 ? ${DIALS_ON} : new Error('away')`) },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const rush = await startRush(fleet)
    const before = new Set(rush.visits)
    await fleet.server.kill()
    const goneAt = performance.now()
    let asked = 0
    const isOver = async () => {
      const answer = await fetch(`${fleet.url}/ready`, { signal: AbortSignal.timeout(TOLD_WITHIN_MS) })
      if (answer.status !== 503) throw new NotStruck(`without Redis the orchestrator says ${answer.status}`)
      asked++
      return performance.now() - goneAt > AWAY_MS
    }
    await until(isOver, { withinMs: 2 * AWAY_MS, what: 'the outage' })
    await fleet.server.restart()
    const recoveryMs = await rush.nextFilm(boundMs)
    await rush.stop()
    const kept = await fleet.store.getMany([...before])
    if (kept.length < before.size) throw new Error(`${before.size - kept.length} visits are lost`)
    return {
      recoveryMs,
      proof: `/ready was asked ${asked} times meanwhile, and said each time that it is not`,
      ends: allReady(rush.visits),
    }
  },
})

const MAKE_MS = 4_000
/** Keys that are read one after the other when Redis starts, and how long it takes over each, in microseconds. */
const BALLAST = 12_000
const KEY_DELAY_US = 500
const FILL = `for at = 1, ${BALLAST} do redis.call('SET', 'ballast:' .. at, at) end`

defineFault({
  name: 'Redis is there again and reads its files, while films are made',
  injected: `SIGKILL to Redis while two films are made, one waits and one clip is sent; started again at once with ${BALLAST} keys more and half a millisecond for each: until it has read them it says \`LOADING\``,
  invariant: 'it counts as away, not as broken: kiosks and nodes keep what they have, and no film under way is made twice',
  recovery: 'from the moment Redis has read all until the next film is ready',
  boundMs: 10_000,
  guard: {
    name: 'that a node says its result again until it is answered for good',
    // Leases as long as at an event: they outlive it.
    off: {
      gpuNodeArgs: without('/gpu-node/src/render-task.ts', 'if (answer.ok || !answer.retryable) return answer', 'return answer'),
      env: { FANREEL_LEASE_MS: '15000', FANREEL_BEAT_MS: '3000' },
    },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    await fleet.startNodes(['node-a', 'node-b'], { makeMs: MAKE_MS })
    const kiosk = await fleet.kiosk('kiosk-1')
    const send = () => sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
    const sent = [await send(), await send(), await send()]
    await until(async () => (await fleet.store.counts()).rendering === 2, { withinMs: 30_000, what: 'two films under way' })
    await admin(fleet, (client) => client.eval(FILL))
    await fleet.server.kill()
    const back = fleet.server.restart('--key-load-delay', String(KEY_DELAY_US))
    let loading = 0
    let late: ReturnType<typeof send> | undefined
    const hasRead = async () => {
      const answer = await admin(fleet, (client) => client.ping()).catch((error: unknown) => error)
      if (!(answer instanceof ErrorReply) || !answer.message.startsWith('LOADING')) return answer === 'PONG'
      loading++
      late ??= send()
      late.catch(() => undefined)
      return false
    }
    const loadedMs = await until(hasRead, { withinMs: 60_000, what: 'Redis' })
    await back
    const since = performance.now()
    if (!late || loadedMs < MAKE_MS) throw new NotStruck(`it said ${loading} times that it reads its files, for ${loadedMs} ms`)
    const recoveryMs = await until(async () => ((await fleet.store.counts()).ready ?? 0) > 0, {
      withinMs: boundMs,
      what: 'a film',
      since,
    })
    const visits = [...sent, await late].map(({ visitId }) => visitId)
    await until(async () => (await fleet.store.counts()).ready === visits.length, { withinMs: 60_000, what: 'every film' })
    const begun = (await fleet.store.getMany(visits)).flatMap(({ history }) =>
      history.filter(({ state }) => state === 'rendering'),
    ).length
    if (begun !== visits.length) throw new Error(`${begun} attempts for ${visits.length} films`)
    return { recoveryMs, proof: `for ${loadedMs} ms it said ${loading} times that it reads its files`, ends: allReady(visits) }
  },
})
