/**
 * A fleet for faults and load: Redis, orchestrators and nodes as processes of their own, everything between them over TCP
 * proxies that can be told to misbehave, in a folder that goes with it. Nodes are real but for their engine.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectUploader, type Uploader } from '@fanreel/kiosk-ui/uploader'
import { pino } from 'pino'
import type { PeerKind } from '../../orchestrator/src/access/contract.ts'
import { createPeerTokens } from '../../orchestrator/src/access/peer-tokens.ts'
import { createSettings } from '../../orchestrator/src/event/event-settings.ts'
import { writeTinyPack } from '../../orchestrator/src/packs/tiny-pack.fixture.ts'
import { connectRedis, type Redis } from '../../orchestrator/src/queue/redis.ts'
import { createVisitStore, type VisitStore } from '../../orchestrator/src/visits/visit-store.ts'
import { type Child, startChild } from './child.ts'
import { FLEET_PACK } from './fleet-pack.ts'
import { makeReel } from './made-reel.ts'
import { type RedisServer, startRedis } from './redis-server.ts'
import { mountSmallDisk } from './small-disk.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export type FleetOptions = {
  orchestrators?: number
  /** Knobs of every orchestrator. */
  env?: Record<string, string>
  /** How long a stub film takes, in milliseconds. */
  makeMs?: number
  /** Leaves the proxy before Redis out. */
  direct?: boolean
  /** Puts the media store on a disk of its own of this size. */
  diskBytes?: number
  /** Whether Redis keeps an append-only file, and what it does when it is full; other than at an event only to lose something. */
  appendOnly?: boolean
  redisPolicy?: string
  /** What Node is told besides, for every orchestrator: modules to load first, flags. */
  nodeArgs?: readonly string[]
  /** The same for every GPU node. */
  gpuNodeArgs?: readonly string[]
}

export type Fleet = {
  readonly folder: string
  readonly mediaRoot: string
  readonly eventId: string
  /** The orchestrators' knobs, as this fleet was given them. */
  readonly env: Readonly<Record<string, string>>
  /** All that an orchestrator of it is started with. */
  readonly orchestratorEnv: Readonly<Record<string, string>>
  readonly server: RedisServer
  /** The test's own view of what is stored, past every proxy. */
  readonly redis: Redis
  readonly store: VisitStore
  /** Between orchestrators and Redis. */
  readonly redisLine: TcpProxy
  /** The event's one address: kiosks and nodes dial it and come to any orchestrator that lives. */
  readonly frontDoor: TcpProxy
  readonly url: string
  readonly orchestrators: ReadonlyMap<number, Child>
  /** `env` and `nodeArgs` go on top of the fleet's own. */
  startOrchestrator(own?: { env?: Record<string, string>; nodeArgs?: readonly string[] }): Promise<Child>
  /** Starts one process with these nodes, by way of `line` or straight to `url` where one of them is given. */
  startNodes(
    nodeIds: readonly string[],
    options?: {
      makeMs?: number
      line?: TcpProxy
      url?: string
      env?: Record<string, string>
      nodeArgs?: readonly string[]
      /** Another program than that of nodes without an engine. */
      script?: string
    },
  ): Promise<Child>
  /** Starts any other process of the fleet's; resolves when it has said that it is ready. */
  start(name: string, script: string, env: Record<string, string>, nodeArgs?: readonly string[]): Promise<Child>
  /** One more proxy before the orchestrators, for a peer of its own. */
  line(): Promise<TcpProxy>
  kiosk(kioskId: string, line?: { port: number }): Promise<Uploader>
  token(kind: PeerKind, id: string): Promise<string>
  /** Every line that the fleet's processes have logged so far. */
  logs(): Promise<string>
  stop(): Promise<void>
}

/** Starts Redis and the orchestrators; resolves when they serve. */
export const startFleet = async (options: FleetOptions = {}): Promise<Fleet> => {
  const eventId = 'faults'
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-fleet-'))
  const mediaRoot = join(folder, 'media')
  const disk = options.diskBytes === undefined ? undefined : mountSmallDisk(mediaRoot, options.diskBytes)
  const packs = join(folder, 'packs')
  const reelFile = join(folder, 'reel.mp4')
  await Promise.all([mkdir(mediaRoot, { recursive: true }), mkdir(packs)])
  const [server, reel] = await Promise.all([
    startRedis({
      ...(options.appendOnly !== undefined && { appendOnly: options.appendOnly }),
      ...(options.redisPolicy !== undefined && { policy: options.redisPolicy }),
    }),
    makeReel(),
    writeTinyPack(packs, FLEET_PACK),
  ])
  await writeFile(reelFile, reel)
  const log = pino({ level: 'silent' })
  const redis = await connectRedis({ url: server.socket, log, deadlineMs: 10_000 })
  const store = createVisitStore({ redis, eventId, log })
  const tokens = createPeerTokens({ redis })
  await createSettings({ redis, eventId }).change({ tiers: ['cpu'] })

  const orchestrators = new Map<number, Child>()
  const children: Child[] = []
  const uploaders: Uploader[] = []
  const proxies: TcpProxy[] = []
  const proxy = async (...upstreams: Parameters<typeof startTcpProxy>) => {
    const started = await startTcpProxy(...upstreams)
    proxies.push(started)
    return started
  }
  const line = () => proxy(() => [...orchestrators].flatMap(([port, child]) => (child.running ? [{ port }] : [])))
  const redisLine = await proxy(() => [{ path: server.socket }])
  const frontDoor = await line()
  const url = `http://127.0.0.1:${frontDoor.port}`
  const logFiles: string[] = []
  const start: Fleet['start'] = async (name, script, env, nodeArgs = []) => {
    const logFile = join(folder, `${name}.log`)
    if (!logFiles.includes(logFile)) logFiles.push(logFile)
    // Last of all tsx: it reads what the others have made of a source file.
    const args = [...nodeArgs, '--import', 'tsx', join(root, script)]
    const child = startChild({ name, command: process.execPath, args, cwd: root, env, logFile })
    children.push(child)
    await child.ready
    return child
  }
  const orchestratorEnv = {
    FANREEL_PORT: '0',
    FANREEL_EVENT_ID: eventId,
    FANREEL_REDIS_URL: options.direct ? server.socket : `redis://127.0.0.1:${redisLine.port}`,
    FANREEL_MEDIA_ROOT: mediaRoot,
    FANREEL_EVENT_KEY: '5a'.repeat(32),
    FANREEL_PACKS_DIR: packs,
    FANREEL_PUBLIC_URL: url,
    FANREEL_MIN_FREE_BYTES: '0',
    ...options.env,
  }
  const startOrchestrator: Fleet['startOrchestrator'] = async (own = {}) => {
    const env = { ...orchestratorEnv, ...own.env }
    const nodeArgs = [...(options.nodeArgs ?? []), ...(own.nodeArgs ?? [])]
    const child = await start(`orchestrator-${children.length}`, 'orchestrator/src/main.ts', env, nodeArgs)
    const { port } = await child.ready
    if (typeof port === 'number') orchestrators.set(port, child)
    return child
  }
  /** Issued once: a peer that is started again comes with the token it had, which Redis has written down by then. */
  const issued = new Map<string, Promise<string>>()
  const token = (kind: PeerKind, id: string): Promise<string> => {
    const known = issued.get(`${kind} ${id}`) ?? tokens.issue(eventId, kind, id)
    issued.set(`${kind} ${id}`, known)
    return known
  }
  const stop = async () => {
    for (const uploader of uploaders) uploader.close()
    for (const started of proxies) started.blackHole(false)
    // Frozen ones hear nothing, not even that they are to stop.
    for (const child of children) if (child.running) child.process.kill('SIGCONT')
    for (const child of children.toReversed()) await child.kill()
    await Promise.all(proxies.map((started) => started.close()))
    await redis.close()
    await server.stop()
    disk?.unmount()
    await rm(folder, { recursive: true, force: true })
  }

  try {
    for (let count = 0; count < (options.orchestrators ?? 1); count++) await startOrchestrator()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    folder,
    mediaRoot,
    eventId,
    env: options.env ?? {},
    orchestratorEnv,
    server,
    redis,
    store,
    redisLine,
    frontDoor,
    url,
    orchestrators,
    startOrchestrator,
    startNodes: async (nodeIds, { makeMs = options.makeMs ?? 0, line: through = frontDoor, url: straight, ...own } = {}) => {
      const nodes = await Promise.all(nodeIds.map(async (nodeId) => ({ nodeId, token: await token('node', nodeId) })))
      const env = {
        FANREEL_ORCHESTRATOR_URL: straight ?? `http://127.0.0.1:${through.port}`,
        FANREEL_EVENT_ID: eventId,
        FANREEL_NODE_SLOTS: '1',
        FANREEL_NODE_ID: 'stub',
        FANREEL_NODE_TOKEN: 'not-used-by-any-node',
        FANREEL_WORK_DIR: join(folder, 'work'),
        FANREEL_CACHE_DIR: join(folder, 'cache'),
        FANREEL_STUB_NODES: JSON.stringify(nodes),
        FANREEL_STUB_REEL: reelFile,
        FANREEL_STUB_MS: String(makeMs),
        FANREEL_LOG_LEVEL: options.env?.FANREEL_LOG_LEVEL ?? 'info',
        ...own.env,
      }
      const nodeArgs = [...(own.nodeArgs ?? []), ...(options.gpuNodeArgs ?? [])]
      return start(`nodes-${nodeIds[0]}`, own.script ?? 'tests/support/stub-node-main.ts', env, nodeArgs)
    },
    start,
    line,
    kiosk: async (kioskId, through = frontDoor) => {
      const uploader = connectUploader({
        url: `http://127.0.0.1:${through.port}`,
        eventId,
        kioskId,
        token: await token('kiosk', kioskId),
        version: 'test',
      })
      uploaders.push(uploader)
      await uploader.online()
      return uploader
    },
    token,
    logs: async () => (await Promise.all(logFiles.map((file) => readFile(file, 'utf8').catch(() => '')))).join('\n'),
    stop,
  }
}
