/**
 * A real orchestrator under hostile messages of every kind at once, while honest visitors come and go: nothing crashes, every
 * message is answered by the catalogue or its connection closed, every honest visit ends with its film, no log holds what was sent,
 * and memory stays where it was.
 */
import { appendFile, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { createUrlSigner } from '../../orchestrator/src/access/url-signer.ts'
import { systemClock } from '../../orchestrator/src/clock.ts'
import { createSettings } from '../../orchestrator/src/event/event-settings.ts'
import { createNodeConduct } from '../../orchestrator/src/status/node-conduct.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import { type Fleet, startFleet } from '../support/fleet.ts'
import { isOver, sendVisitor, type Visitor } from '../support/visitor.ts'
import { conversation } from './conversation.ts'
import type { PeerKind } from './good-messages.ts'
import { MARK } from './hostile-values.ts'
import { type Peer, play } from './play-conversation.ts'
import { playRequest } from './play-request.ts'
import { bentRequest, type Grounds } from './requests.ts'
import { createTally } from './tally.ts'

const HEAP_PROBE = fileURLToPath(new URL('heap-probe.mjs', import.meta.url))
const EVENT_KEY = '5a'.repeat(32)
/** Hostile peers of each kind, side by side. */
const PEERS: Record<PeerKind, number> = { kiosk: 3, node: 2, operator: 2 }
const HTTP_LANES = 2
/** Conversations, or requests, between two looks at how many messages are left. */
const ROUND = 10
/** How long a visitor whose film a hostile node may have waits before the next comes, and at most when all hostile nodes are gone. */
const PREY_PATIENCE_MS = 2_000
const PREY_LAST_MS = 60_000
/** How often hostile nodes are let work again. */
const FORGIVEN_MS = 500
/** Share of the messages after which memory is measured first: what is kept once is there by then. */
const WARM_UP = 0.2

export type FuzzReport = {
  seed: number
  messages: number
  seconds: number
  outcomes: Readonly<Record<string, number>>
  /** Honest visits made meanwhile, and how many of them have their film. */
  visits: number
  films: number
  /** Leases that hostile nodes were given, and visits that were theirs to make: each came to an end. */
  leases: number
  prey: number
  /** The orchestrator's heap after collection, with every hostile peer gone: after the warm-up and at the end, in bytes. */
  heapStart: number
  heapEnd: number
  /** What was wrong; empty when all is well. */
  faults: string[]
}

type Lane = { name: string; round(seed: number): Promise<string | undefined> }

/** What fast-check has found, as small as it could make it. */
const faultOf = <T>(name: string, details: fc.RunDetails<T>): string | undefined =>
  details.failed
    ? `${name}, seed ${details.seed}, path ${details.counterexamplePath}: ${String(details.errorInstance)}\n${fc.stringify(details.counterexample)}`
    : undefined

const startHonest = async (fleet: Fleet) => {
  await fleet.startNodes(['node-honest-a', 'node-honest-b'])
  const kiosk = await fleet.kiosk('kiosk-honest')
  const sent: Visitor[] = []
  const send = async () => {
    const clip = madeClip(2_000 + 300_000 * (sent.length % 2))
    const options = { clip, packId: 'tiny', firstName: MARK.slice(0, 6) }
    sent.push(await sendVisitor(kiosk, { kioskId: 'kiosk-honest', url: fleet.url }, options))
  }
  await send()
  let going = true
  const rush = (async () => {
    while (going) {
      await send()
      await sent.at(-1)?.until((view) => view.state === 'ready')
    }
  })()
  rush.catch(() => undefined)
  await sent[0]?.until((view) => view.state === 'ready')
  return {
    first: sent[0] as Visitor,
    /** Stops and answers what became of them. */
    stop: async () => {
      going = false
      const stuck = await rush.then(
        () => [],
        (error: unknown) => [String(error)],
      )
      const visits = await fleet.store.getMany(sent.map(({ visitId }) => visitId))
      return { visits: sent.length, films: visits.filter(({ state }) => state === 'ready').length, stuck }
    },
  }
}

/** Visits whose films hostile nodes are asked for. */
const startPrey = async (fleet: Fleet, hostile: readonly string[]) => {
  const kiosk = await fleet.kiosk('kiosk-prey')
  const from = { kioskId: 'kiosk-prey', url: fleet.url }
  const sent: Visitor[] = []
  let going = true
  const rush = (async () => {
    while (going) {
      const options = { clip: madeClip(), packId: 'tiny', purposes: ['make-film' as const, 'cloud' as const] }
      const visitor = await sendVisitor(kiosk, from, options)
      sent.push(visitor)
      await visitor.until(isOver, PREY_PATIENCE_MS).catch(() => undefined)
    }
  })()
  rush.catch(() => undefined)
  const conduct = createNodeConduct({ redis: fleet.redis, eventId: fleet.eventId, mostBlamed: 5, clock: systemClock })
  // What they do has them drained at once; somebody lets them work again and again.
  const forgiving = setInterval(() => {
    for (const nodeId of hostile) conduct.reinstate(nodeId).catch(() => undefined)
  }, FORGIVEN_MS)
  return {
    /** Stops, lets an honest node make what they have left, and answers what is stuck all the same. */
    stop: async () => {
      going = false
      clearInterval(forgiving)
      const faults: string[] = await rush.then(
        () => [],
        (error: unknown) => [String(error)],
      )
      await fleet.startNodes(['node-honest-c'], { env: { FANREEL_NODE_TIERS: 'cloud' } })
      for (const visitor of sent)
        await visitor.until(isOver, PREY_LAST_MS).catch(() => faults.push(`prey is stuck: ${JSON.stringify(visitor.latest())}`))
      return { prey: sent.length, faults }
    },
  }
}

const groundsOf = async (fleet: Fleet, first: Visitor): Promise<Grounds> => {
  const visit = await fleet.store.get(first.visitId)
  const signer = createUrlSigner({ eventKey: EVENT_KEY, clock: systemClock })
  const key = visit?.reel?.key ?? ''
  const expiresAt = Date.now() + 3_600_000
  const put = { bytes: 5, sha256: 'c'.repeat(64), mime: 'video/mp4' }
  return {
    ready: first.pickupToken,
    unknown: '0'.repeat(26),
    read: signer.sign({ method: 'GET', key, expiresAt }),
    write: signer.sign({ method: 'PUT', key, expiresAt, put }),
    kioskId: 'fuzz-agent',
    kioskToken: await fleet.token('kiosk', 'fuzz-agent'),
  }
}

/** Runs at least so many messages. The same seed sends the same messages; which meet is for the moment to say. */
export const runFuzz = async (options: {
  messages: number
  seed: number
  onProgress?: (messages: number) => void
}): Promise<FuzzReport> => {
  const { messages, seed, onProgress } = options
  const heapFile = join(tmpdir(), `fanreel-heap-${process.pid}-${seed}`)
  const fleet = await startFleet({
    direct: true,
    nodeArgs: ['--expose-gc', '--import', HEAP_PROBE],
    env: { FANREEL_HEAP_FILE: heapFile, FANREEL_REDIS_DEADLINE_MS: '20000', FANREEL_LOG_LEVEL: 'debug' },
  })
  const faults: string[] = []
  const tally = createTally()
  const begun = performance.now()
  try {
    const [[port, orchestrator] = []] = [...fleet.orchestrators]
    if (port === undefined || !orchestrator) throw new Error('no orchestrator runs')
    await createSettings({ redis: fleet.redis, eventId: fleet.eventId }).change({ tiers: ['cloud', 'cpu'] })
    const honest = await startHonest(fleet)
    const grounds = await groundsOf(fleet, honest.first)
    const url = `http://127.0.0.1:${port}`

    const hostileNodes = Array.from({ length: PEERS.node }, (_, at) => `fuzz-node-${at}`)
    const hunted = await startPrey(fleet, hostileNodes)
    const lanes: Lane[] = []
    for (const kind of ['kiosk', 'node', 'operator'] as const) {
      for (let at = 0; at < PEERS[kind]; at++) {
        const peerId = `fuzz-${kind}-${at}`
        const token = await fleet.token(kind, peerId)
        const peer: Peer = { kind, url, eventId: fleet.eventId, peerId, token, address: `10.0.${at}.${kind.length}` }
        const property = fc.asyncProperty(conversation(kind), async (said) => {
          // What follows on a crash proves nothing.
          fc.pre(orchestrator.running)
          await play(peer, said, tally)
        })
        lanes.push({
          name: peerId,
          round: async (own) => faultOf(peerId, await fc.check(property, { seed: own, numRuns: ROUND })),
        })
      }
    }
    for (let at = 0; at < HTTP_LANES; at++) {
      const property = fc.asyncProperty(bentRequest, async (request) => {
        fc.pre(orchestrator.running)
        await playRequest(port, request, grounds, tally)
      })
      const name = `http-${at}`
      lanes.push({ name, round: async (own) => faultOf(name, await fc.check(property, { seed: own, numRuns: ROUND * 5 })) })
    }

    const rounds = lanes.map(() => 0)
    const until = async (count: number) => {
      await Promise.all(
        lanes.map(async (lane, at) => {
          while (tally.messages < count && faults.length === 0 && orchestrator.running) {
            const fault = await lane.round(seed + at * 1_000_000 + (rounds[at] ?? 0))
            rounds[at] = (rounds[at] ?? 0) + 1
            if (fault) faults.push(fault)
            onProgress?.(tally.messages)
          }
        }),
      )
    }
    const heap = async (): Promise<number> => {
      await appendFile(heapFile, '')
      const lines = async () => (await readFile(heapFile, 'utf8')).trimEnd().split('\n')
      const before = (await lines()).length
      // Once to let go of what is closing, once to measure.
      for (let asked = 0; asked < 2; asked++) {
        await new Promise((resolve) => setTimeout(resolve, 500))
        if (!orchestrator.process.kill('SIGUSR2')) return Number.NaN
      }
      for (let tries = 0; tries < 100 && (await lines()).length < before + 1; tries++)
        await new Promise((resolve) => setTimeout(resolve, 50))
      return (JSON.parse((await lines()).at(-1) ?? '{}') as { heapUsed: number }).heapUsed
    }

    await until(messages * WARM_UP)
    const heapStart = await heap()
    await until(messages)
    if (!orchestrator.running) faults.push(`the orchestrator is gone:\n${orchestrator.lastLines().join('\n')}`)
    const { visits, films, stuck } = orchestrator.running ? await honest.stop() : { visits: 0, films: 0, stuck: [] }
    const { prey, faults: lost } = orchestrator.running ? await hunted.stop() : { prey: 0, faults: [] }
    faults.push(...stuck, ...lost)
    const heapEnd = await heap()
    if (films < visits || films === 0) faults.push(`${films} films of ${visits} honest visits`)
    const logs = await fleet.logs()
    for (const visitId of stuck.flatMap((text) => /"visitId":"([^"]+)"/.exec(text)?.[1] ?? []))
      faults.push(...logs.split('\n').filter((line) => line.includes(visitId)))
    faults.push(...faultsIn(logs))
    const health = await fetch(`${url}/ready`).then(
      ({ status }) => status,
      () => 0,
    )
    if (health !== 200) faults.push(`/ready answers ${health}`)
    const seconds = Math.round((performance.now() - begun) / 100) / 10
    return {
      seed,
      messages: tally.messages,
      seconds,
      outcomes: tally.outcomes,
      visits,
      films,
      leases: tally.leases,
      prey,
      heapStart,
      heapEnd,
      faults,
    }
  } finally {
    await fleet.stop()
  }
}

/** Lines that hold what was sent, or tell of a fault that nobody foresaw. */
const faultsIn = (logs: string): string[] =>
  logs
    .split('\n')
    .filter((line) => line.includes(MARK) || line.includes('"code":"internal"') || line.includes('unhandled'))
    .slice(0, 5)
    .map((line) => `logged: ${line.slice(0, 600)}`)
