/**
 * A whole orchestrator for tests: its own Redis, its own folder, a tiny pack, and hands on the stores behind it, so that
 * a visit can be put into any state. Sweeps are slow, so that nothing moves but what a test moves.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROTOCOL_VERSION, type ReelReport, type VisitState } from '@fanreel/protocol'
import { pino } from 'pino'
import { io as connect, type Socket } from 'socket.io-client'
import { shotListOf } from '../../../tests/support/made-reel.ts'
import { type RedisServer, startRedis } from '../../../tests/support/redis-server.ts'
import { createPeerTokens } from '../access/peer-tokens.ts'
import { createSealer } from '../access/sealer.ts'
import { createUrlSigner } from '../access/url-signer.ts'
import { systemClock } from '../clock.ts'
import { readEnv } from '../env.ts'
import { createSettings } from '../event/event-settings.ts'
import { freePort } from '../free-port.ts'
import { createDiskStore } from '../media/disk-store.ts'
import { startOrchestrator } from '../orchestrator.ts'
import { writeTinyPack } from '../packs/tiny-pack.fixture.ts'
import { connectRedis } from '../queue/redis.ts'
import { createLiveProgress } from '../visits/live-progress.ts'
import { pickupHashOf } from '../visits/pickup-hash.ts'
import type { Visit } from '../visits/visit.ts'
import { createVisitStore } from '../visits/visit-store.ts'

export const EVENT_ID = 'test-event'
export const EVENT_KEY = 'ab'.repeat(32)
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
export const newToken = (): string => [...randomBytes(26)].map((byte) => CROCKFORD[byte % 32]).join('')
export const newVisitId = (): string => {
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const REPORT: ReelReport = {
  width: 720,
  height: 1280,
  durationMs: 15_000,
  shots: 5,
  likeness: 0.2,
  loudnessLufs: -16,
  advice: [],
  stagesMs: {},
}

export const consentAt = (kioskId: string) => ({
  textSha256: sha256('the words'),
  language: 'en' as const,
  agreedAt: Date.now(),
  kioskId,
  purposes: ['make-film' as const],
  ofAgeOrGuardian: true as const,
})

export type FrontDoor = Awaited<ReturnType<typeof startFrontDoor>>

/** @param options `env`: more of the environment; `redis`: share one that runs already; `packs`: a folder of packs */
export const startFrontDoor = async (
  options: { env?: Record<string, string>; redis?: RedisServer; root?: string; packs?: string } = {},
) => {
  const redisServer = options.redis ?? (await startRedis())
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-door-'))
  const root = options.root ?? join(folder, 'media')
  const packs = options.packs ?? join(folder, 'packs')
  if (options.packs === undefined) await writeTinyPack(packs)
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  const env = readEnv({
    FANREEL_EVENT_ID: EVENT_ID,
    FANREEL_EVENT_NAME: 'Winter Games',
    FANREEL_EVENT_KEY: EVENT_KEY,
    FANREEL_REDIS_URL: redisServer.socket,
    FANREEL_MEDIA_ROOT: root,
    FANREEL_PACKS_DIR: packs,
    FANREEL_MIN_FREE_BYTES: '0',
    FANREEL_SWEEP_MS: '600000',
    FANREEL_STALLED_MS: '600000',
    ...options.env,
  })
  const eventId = env.FANREEL_EVENT_ID
  const orchestrator = await startOrchestrator({ env, port: await freePort('127.0.0.1'), clock: systemClock, log })
  const redis = await connectRedis({ url: redisServer.socket, log })
  const media = await createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
  const store = createVisitStore({ redis, eventId, log })
  const live = createLiveProgress({ redis, eventId })
  const settings = createSettings({ redis, eventId })
  const tokens = createPeerTokens({ redis })
  const sealer = createSealer({ eventKey: EVENT_KEY })
  const signer = createUrlSigner({ eventKey: EVENT_KEY, clock: systemClock })
  const origin = `http://127.0.0.1:${orchestrator.port}`
  const sockets: Socket[] = []

  /** Puts a visit into the store as it would stand in `state`. */
  const putVisit = async (state: VisitState, change: Partial<Visit> & { firstName?: string; token?: string } = {}) => {
    const { firstName, token = newToken(), ...fields } = change
    const offer = (await settings.read()).packs[0]
    if (!offer) throw new Error('no pack was published')
    const visitId = newVisitId()
    const now = Date.now()
    const visit: Visit = {
      eventId,
      visitId,
      seq: 1,
      state,
      kioskId: 'kiosk-1',
      language: 'en',
      ...offer,
      pickupHash: pickupHashOf(token),
      sealedToken: sealer.seal(token, `${visitId}:token`),
      ...(firstName !== undefined && { sealedName: sealer.seal(firstName, `${visitId}:name`) }),
      consent: consentAt('kiosk-1'),
      createdAt: now,
      changedAt: now,
      expiresAt: now + 14 * 86_400_000,
      history: [],
      ...(state === 'rendering' && {
        render: { renderId: `${visitId}-r1`, number: 1, tier: 'cpu' as const, queuedAt: now, folders: ['one'] },
      }),
      ...fields,
    }
    await store.create(visit)
    return { visit, visitId, token, path: `/v/${token}`, url: `${origin}/v/${token}` }
  }

  /** Puts a finished visit with this film into the store. */
  const putReady = async (film: Uint8Array, poster: Uint8Array, change: Parameters<typeof putVisit>[1] = {}) => {
    const made = await putVisit('rendering', change)
    const prefix = `${eventId}/visits/${made.visitId}/renders/one/`
    const object = async (kind: string, bytes: Uint8Array) => {
      const hash = sha256(bytes)
      const key = `${prefix}${kind}-${hash}`
      await media.put(key, bytes, { bytes: bytes.length, sha256: hash })
      return { key, sha256: hash, bytes: bytes.length }
    }
    const reel = {
      ...(await object('reel', film)),
      poster: await object('poster', poster),
      shotList: await object('shot-list', shotListOf()),
      report: REPORT,
    }
    await store.update(made.visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state: 'ready', reel }))
    return made
  }

  const dial = (namespace: string, extra: Parameters<typeof connect>[1] = {}): Socket => {
    const socket = connect(`${origin}${namespace}`, { transports: ['websocket'], forceNew: true, reconnection: false, ...extra })
    sockets.push(socket)
    return socket
  }

  /** A kiosk that has said hello. */
  const openKiosk = async (kioskId = 'kiosk-1', holding: string[] = []) => {
    const token = await tokens.issue(eventId, 'kiosk', kioskId)
    const socket = dial('/kiosk')
    const hello = { protocol: PROTOCOL_VERSION, eventId, kioskId, token, version: 'test', holding }
    const welcome = await socket.timeout(5_000).emitWithAck('kiosk:hello', hello)
    return {
      socket,
      token,
      hello,
      welcome,
      ask: (name: string, ...args: unknown[]) => socket.timeout(10_000).emitWithAck(name, ...args),
    }
  }

  return {
    origin,
    port: orchestrator.port,
    redisServer,
    redis,
    root,
    media,
    store,
    live,
    settings,
    tokens,
    signer,
    lines,
    putVisit,
    putReady,
    dial,
    openKiosk,
    stop: async () => {
      for (const socket of sockets) socket.disconnect()
      await orchestrator.stop()
      await redis.close()
      if (!options.redis) await redisServer.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
