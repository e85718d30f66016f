/**
 * Orchestrators in the test's own process, on a real Redis and a real disk, with fake nodes and kiosks on real sockets:
 * for everything about queue, leases and results that needs no film.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Refusal, RenderTier, VisitState } from '@fanreel/protocol'
import { pino } from 'pino'
import { vi } from 'vitest'
import { createPeerTokens } from '../../orchestrator/src/access/peer-tokens.ts'
import { systemClock } from '../../orchestrator/src/clock.ts'
import { readEnv } from '../../orchestrator/src/env.ts'
import { createSettings, type Settings } from '../../orchestrator/src/event/event-settings.ts'
import { freePort } from '../../orchestrator/src/free-port.ts'
import { type Orchestrator, startOrchestrator } from '../../orchestrator/src/orchestrator.ts'
import { connectRedis, type Redis } from '../../orchestrator/src/queue/redis.ts'
import type { Visit } from '../../orchestrator/src/visits/visit.ts'
import { createVisitStore, type VisitStore } from '../../orchestrator/src/visits/visit-store.ts'
import { createFakeKiosk, type FakeKiosk } from './fake-kiosk.ts'
import { createFakeNode, type FakeNode } from './fake-node.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

/** The key every rig seals and signs with. */
export const EVENT_KEY = '5a'.repeat(32)

export type Rig = {
  readonly mediaRoot: string
  readonly eventId: string
  readonly server: RedisServer
  /** The test's own view of what is stored. */
  readonly redis: Redis
  readonly store: VisitStore
  readonly settings: Settings
  readonly orchestrators: Orchestrator[]
  urlOf(orchestrator?: Orchestrator): string
  /** One more instance on the same Redis and disk. */
  startOrchestrator(): Promise<Orchestrator>
  /** A node that has said hello and is ready, unless `quiet`. */
  node(nodeId: string, options?: { slots?: number; tiers?: RenderTier[]; quiet?: boolean; url?: string }): Promise<FakeNode>
  kiosk(kioskId?: string, url?: string): Promise<FakeKiosk>
  operatorToken(): Promise<string>
  /** Waits until the visit is in the state; answers it. */
  until(visitId: string, state: VisitState, timeoutMs?: number): Promise<Visit>
  /** Paths of everything of the visit in the media store, staged uploads included. */
  objectsOf(visitId: string): Promise<string[]>
  stop(): Promise<void>
}

/** Short enough that a test need not wait, long enough for a busy machine. */
const TIMINGS = {
  FANREEL_BEAT_MS: '300',
  FANREEL_LEASE_MS: '2500',
  FANREEL_STALLED_MS: '300',
  FANREEL_OFFER_MS: '700',
  FANREEL_GRACE_MS: '700',
  FANREEL_POLL_MS: '100',
  FANREEL_RETRY_MS: '100',
  FANREEL_SWEEP_MS: '300',
  FANREEL_PUT_MS: '2000',
  FANREEL_REDIS_DEADLINE_MS: '10000',
}

/** Says hello until it is welcomed: on a busy machine the first may be told `unavailable`, as any peer may. */
const welcomed = (hello: () => Promise<{ ok: true } | Refusal>): Promise<void> =>
  vi.waitFor(
    async () => {
      const answer = await hello()
      if (!answer.ok) throw new Error(`hello was refused: ${answer.code}`)
    },
    { timeout: 20_000, interval: 100 },
  )

/** Starts Redis and one orchestrator. `env` holds knobs on top of the short timings. */
export const startRig = async (env: Record<string, string> = {}): Promise<Rig> => {
  const eventId = 'test-event'
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-rig-'))
  const mediaRoot = join(folder, 'media')
  const server = await startRedis()
  const log = pino({ level: process.env.FANREEL_TEST_LOG ?? 'silent' }, pino.destination(2))
  const redis = await connectRedis({ url: server.socket, log, deadlineMs: 10_000 })
  const store = createVisitStore({ redis, eventId, log })
  const settings = createSettings({ redis, eventId })
  await settings.change({ packs: [{ packId: 'figure-skating', packHash: 'a'.repeat(64) }], tiers: ['gpu', 'cpu'] })
  const tokens = createPeerTokens({ redis })
  const orchestrators: Orchestrator[] = []
  const sockets: { close(): void }[] = []

  const start = async () => {
    const orchestrator = await startOrchestrator({
      env: readEnv({
        FANREEL_EVENT_ID: eventId,
        FANREEL_REDIS_URL: server.socket,
        FANREEL_MEDIA_ROOT: mediaRoot,
        FANREEL_EVENT_KEY: EVENT_KEY,
        FANREEL_MIN_FREE_BYTES: '0',
        ...TIMINGS,
        ...env,
      }),
      port: await freePort('127.0.0.1'),
      clock: systemClock,
      log,
    })
    orchestrators.push(orchestrator)
    return orchestrator
  }
  const urlOf = (orchestrator = orchestrators[0]): string => {
    if (!orchestrator) throw new Error('no orchestrator runs')
    return `http://127.0.0.1:${orchestrator.port}`
  }
  await start()

  return {
    mediaRoot,
    eventId,
    server,
    redis,
    store,
    settings,
    orchestrators,
    urlOf,
    startOrchestrator: start,
    node: async (nodeId, options = {}) => {
      const { slots = 1, tiers = ['cpu'], quiet = false, url = urlOf() } = options
      const token = await tokens.issue(eventId, 'node', nodeId)
      const node = await createFakeNode({ url, eventId, nodeId, token, slots, tiers })
      sockets.push(node)
      if (!quiet) {
        await welcomed(() => node.hello())
        await node.ready()
      }
      return node
    },
    kiosk: async (kioskId = 'kiosk-1', url = urlOf()) => {
      const token = await tokens.issue(eventId, 'kiosk', kioskId)
      const kiosk = await createFakeKiosk({ url, eventId, kioskId, token })
      sockets.push(kiosk)
      await welcomed(() => kiosk.hello())
      return kiosk
    },
    operatorToken: () => tokens.issue(eventId, 'operator', 'operator-1'),
    until: (visitId, state, timeoutMs = 20_000) =>
      vi.waitFor(
        async () => {
          const visit = await store.get(visitId)
          if (visit?.state !== state) throw new Error(`the visit is ${visit?.state}, not ${state}`)
          return visit
        },
        { timeout: timeoutMs, interval: 25 },
      ),
    objectsOf: async (visitId) => {
      const all = await readdir(mediaRoot, { recursive: true, withFileTypes: true })
      return all
        .filter((entry) => entry.isFile() && entry.parentPath.includes(visitId))
        .map((entry) => join(entry.parentPath, entry.name).slice(mediaRoot.length + 1))
    },
    stop: async () => {
      for (const socket of sockets) socket.close()
      await Promise.all(orchestrators.map((orchestrator) => orchestrator.stop()))
      await redis.close()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
