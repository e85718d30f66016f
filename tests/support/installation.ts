/**
 * A whole installation of a test's own: Redis, orchestrator, GPU nodes and the kiosk's screens, each a process that can
 * be killed and started again, in a folder that goes with it. Visitors go through the same doors as at an event.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { createPeerTokens } from '../../orchestrator/src/access/peer-tokens.ts'
import { freePort } from '../../orchestrator/src/free-port.ts'
import { connectRedis } from '../../orchestrator/src/queue/redis.ts'
import { type Child, startChild } from './child.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const log = pino({ level: 'silent' })

export type InstallationOptions = {
  eventId?: string
  /** `front-door`: one origin. `own-box`: the kiosk's screens on an origin of their own, as on a kiosk box. */
  screens?: 'none' | 'front-door' | 'own-box'
  nodes?: number
  /** Knobs on top of those an installation sets itself. */
  orchestratorEnv?: Record<string, string>
  nodeEnv?: Record<string, string>
  screensEnv?: Record<string, string>
}

export type Installation = {
  /** Everything it keeps lies here: Redis files, media, logs, the event's key. */
  readonly folder: string
  /** The front door's origin. */
  readonly url: string
  /** Where the kiosk's screens are. */
  readonly kioskUrl: string
  readonly eventId: string
  readonly kioskId: string
  readonly kioskToken: string
  readonly operatorToken: string
  readonly redis: Child
  readonly orchestrator: Child
  readonly nodes: ReadonlyMap<string, Child>
  readonly screens: Child | undefined
  startNode(nodeId: string): Promise<Child>
  /** A token for a peer that the test plays itself. */
  issueToken(kind: 'kiosk' | 'node' | 'operator', id: string): Promise<string>
  /** Starts Redis or the orchestrator again on the same files and port, after a test has ended it. */
  restart(what: 'redis' | 'orchestrator'): Promise<void>
  stop(): Promise<void>
}

/** The event's key: made once, kept beside the media it seals. In one go: several programs ask for it at the same time. */
const eventKey = (folder: string): string => {
  const path = join(folder, 'event-key')
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 })
  return readFileSync(path, 'utf8').trim()
}

/** Programs that set-up put beside the project where the system has none. */
const PATH = [process.env.PATH ?? '', join(root, '.fanreel', 'bin')].join(delimiter)

/** Starts everything and resolves when the front door is ready and every node has been welcomed. */
export const startInstallation = async (options: InstallationOptions = {}): Promise<Installation> => {
  const { eventId = 'demo', screens: screensMode = 'none' } = options
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-test-'))
  const logs = join(folder, 'logs')
  const media = join(folder, 'media')
  const socket = join(folder, 'redis.sock')
  for (const path of [logs, media, join(folder, 'redis')]) await mkdir(path, { recursive: true })
  const started: Child[] = []
  const track = (child: Child): Child => {
    started.push(child)
    return child
  }
  // Packs and compiled code, nothing of a visitor: shared by all tests.
  const cache = join(root, '.fanreel', 'cache')
  const kioskId = 'kiosk-1'
  const screensPort = screensMode === 'none' ? 0 : await freePort('127.0.0.1')
  const screensUrl = `http://127.0.0.1:${screensPort}`
  let port = 0

  const startRedis = async () => {
    const args = ['--port', '0', '--unixsocket', socket, '--dir', join(folder, 'redis'), '--appendonly', 'yes']
    const child = startChild({
      name: 'Redis',
      command: 'redis-server',
      env: { PATH },
      args: [...args, '--maxmemory-policy', 'noeviction', '--save', ''],
      logFile: join(logs, 'redis.log'),
      readyWhen: (line) => line.includes('ready to accept connections') || line.includes('accept connections at'),
    })
    track(child)
    await child.ready
    return child
  }

  const orchestratorEnv = async (): Promise<Record<string, string>> => ({
    FANREEL_PORT: String(port),
    FANREEL_EVENT_ID: eventId,
    FANREEL_EVENT_NAME: 'A test',
    FANREEL_REDIS_URL: socket,
    FANREEL_MEDIA_ROOT: media,
    FANREEL_EVENT_KEY: eventKey(folder),
    FANREEL_PACKS_DIR: join(root, 'content-packs'),
    ...(screensMode === 'front-door' && { FANREEL_UI_URL: screensUrl }),
    ...(screensMode === 'own-box' && { FANREEL_KIOSK_ORIGINS: screensUrl }),
    ...options.orchestratorEnv,
  })

  const typescript = (script: string, ...args: string[]) => ['--import', 'tsx', join(root, script), ...args]

  const startOrchestrator = async () => {
    const child = startChild({
      name: 'the orchestrator',
      command: process.execPath,
      args: typescript('orchestrator/src/main.ts'),
      env: await orchestratorEnv(),
      cwd: root,
      logFile: join(logs, 'orchestrator.log'),
    })
    track(child)
    const ready = await child.ready
    if (typeof ready.port === 'number') port = ready.port
    return child
  }

  /** Pairs a peer as `npm run orchestrator -- issue-token` does, without a process for each. */
  const issueToken = async (kind: 'kiosk' | 'node' | 'operator', id: string): Promise<string> => {
    const connection = await connectRedis({ url: socket, log })
    try {
      return await createPeerTokens({ redis: connection }).issue(eventId, kind, id)
    } finally {
      await connection.close()
    }
  }

  const nodes = new Map<string, Child>()
  const startNode = async (nodeId: string): Promise<Child> => {
    const child = startChild({
      name: `node ${nodeId}`,
      command: process.execPath,
      args: typescript('gpu-node/src/main.ts'),
      env: {
        PATH,
        FANREEL_ORCHESTRATOR_URL: `http://127.0.0.1:${port}`,
        FANREEL_EVENT_ID: eventId,
        FANREEL_NODE_ID: nodeId,
        FANREEL_NODE_TOKEN: await issueToken('node', nodeId),
        FANREEL_NODE_SLOTS: '1',
        FANREEL_WORK_DIR: join(folder, 'work', nodeId),
        FANREEL_CACHE_DIR: cache,
        ...options.nodeEnv,
      },
      cwd: root,
      logFile: join(logs, `${nodeId}.log`),
    })
    track(child)
    nodes.set(nodeId, child)
    await child.ready
    return child
  }

  const startScreens = async (kioskToken: string): Promise<Child> => {
    const built = join(root, 'kiosk-ui', '.next', 'standalone', 'kiosk-ui', 'server.js')
    const child = startChild({
      name: "the kiosk's screens",
      command: process.execPath,
      args: [built],
      cwd: join(root, 'kiosk-ui'),
      env: {
        PORT: String(screensPort),
        HOSTNAME: '127.0.0.1',
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        FANREEL_EVENT_ID: eventId,
        FANREEL_KIOSK_ID: kioskId,
        FANREEL_KIOSK_TOKEN: kioskToken,
        FANREEL_ORCHESTRATOR_URL: screensMode === 'own-box' ? `http://127.0.0.1:${port}` : '',
        ...options.screensEnv,
      },
      logFile: join(logs, 'screens.log'),
      readyWhen: (line) => line.includes('Ready in'),
    })
    track(child)
    await child.ready
    return child
  }

  const stop = async () => {
    // Last started, first stopped: nodes say goodbye to an orchestrator that is still there, and it to its Redis.
    for (const child of started.reverse()) await child.stop()
    await rm(folder, { recursive: true, force: true })
  }

  try {
    let redis = await startRedis()
    const [kioskToken, operatorToken] = await Promise.all([issueToken('kiosk', kioskId), issueToken('operator', 'operator-1')])
    let orchestrator = await startOrchestrator()
    const nodeIds = Array.from({ length: options.nodes ?? 1 }, (_, index) => `node-${index + 1}`)
    const [screens] = await Promise.all([
      screensMode === 'none' ? undefined : startScreens(kioskToken),
      ...nodeIds.map((nodeId) => startNode(nodeId)),
    ])
    const url = `http://127.0.0.1:${port}`
    return {
      folder,
      url,
      kioskUrl: screensMode === 'own-box' ? screensUrl : url,
      eventId,
      kioskId,
      kioskToken,
      operatorToken,
      get redis() {
        return redis
      },
      get orchestrator() {
        return orchestrator
      },
      nodes,
      screens,
      startNode,
      issueToken,
      restart: async (what) => {
        if (what === 'redis') redis = await startRedis()
        else orchestrator = await startOrchestrator()
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
