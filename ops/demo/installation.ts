/** The whole installation on one machine: Redis, orchestrator, one GPU node and the kiosk's screens behind one front door. */
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { anyPort, frontDoorPort, lanAddress } from './addresses.ts'
import { keptCertificate } from './certificate.ts'
import { type Children, createChildren } from './children.ts'
import { eventKey, ownPrograms, type Places } from './places.ts'
import { startRedis } from './redis.ts'
import { openTlsFront } from './tls-front.ts'
import { demoTokens, PEERS, type Tokens } from './tokens.ts'

export const EVENT_ID = 'demo'

export type Installation = {
  /** The front door on loopback, without TLS: for processes of this machine. */
  origin: string
  /** What people on this machine open. */
  localUrl: string
  /** What phones open. */
  publicUrl: string
  /** Where the kiosk's and operators' pages are, on this machine. */
  screensUrl: string
  tokens: Tokens
  /** Opens the kiosk's own settings; empty where the environment says that nothing does. */
  pin: string
  /** Rejects when a part of it ends by itself. */
  broken: Promise<never>
  stop(): Promise<void>
}

type Settings = { places: Places; port: number | undefined; https: boolean; dev: boolean; signal: AbortSignal }

const EVERYWHERE = '0.0.0.0'
const LOOPBACK = '127.0.0.1'
const POLL_MS = 50

/** Another at each start: with `--https` other machines reach the kiosk's page. */
const freshPin = (): string => String(randomInt(10_000)).padStart(4, '0')

/** A TypeScript process, run as it is; watched while it is worked on. */
const typescript = (root: string, main: string, dev: boolean): string[] =>
  dev ? [join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs'), 'watch', '--clear-screen=false', main] : ['--import', 'tsx', main]

/** A process and its own way to say that it is ready. */
type Part = { saysReady(): Promise<unknown> }

type Screens = { port: number; token: string; pin: string; dev: boolean; https: boolean; orchestratorUrl?: string }

/** Next's server says nothing that a program could read: it is ready when it answers. */
const answersAt = async (url: string): Promise<void> => {
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return
    await wait(POLL_MS)
  }
}

const startScreens = (children: Children, { root }: Places, { port, token, pin, dev, https, orchestratorUrl }: Screens): Part => {
  const kiosk = join(root, 'kiosk-ui')
  const child = children.start({
    name: 'kiosk-ui',
    command: process.execPath,
    args: dev
      ? [join(root, 'node_modules', 'next', 'dist', 'bin', 'next'), 'dev', '--port', String(port), '--hostname', LOOPBACK]
      : [join(kiosk, '.next', 'standalone', 'kiosk-ui', 'server.js')],
    cwd: kiosk,
    env: {
      PORT: String(port),
      HOSTNAME: LOOPBACK,
      NEXT_TELEMETRY_DISABLED: '1',
      FANREEL_EVENT_ID: EVENT_ID,
      FANREEL_KIOSK_ID: PEERS.screens.id,
      FANREEL_KIOSK_TOKEN: token,
      FANREEL_KIOSK_PIN: pin,
      ...(orchestratorUrl ? { FANREEL_ORCHESTRATOR_URL: orchestratorUrl } : {}),
      // A second machine may be the kiosk where its browser gives it the camera at all.
      ...(https ? { FANREEL_KIOSK_REACH: 'any' } : {}),
    },
    node: true,
  })
  return { saysReady: () => Promise.race([answersAt(`http://${LOOPBACK}:${port}/settings`), child.ended]) }
}

const startOrchestrator = (children: Children, { root }: Places, env: NodeJS.ProcessEnv, dev: boolean): Part =>
  children.start({
    name: 'orchestrator',
    command: process.execPath,
    args: typescript(root, join(root, 'orchestrator', 'src', 'main.ts'), dev),
    cwd: root,
    env,
    node: true,
  })

const startNode = (
  children: Children,
  places: Places,
  { origin, token, dev }: { origin: string; token: string; dev: boolean },
): Part => {
  const { root, work, cache, signing } = places
  return children.start({
    name: 'gpu-node',
    command: process.execPath,
    // As its own `npm start` does (gpu-node/README.md, "The studio").
    args: ['--single-threaded-gc', ...typescript(root, join(root, 'gpu-node', 'src', 'main.ts'), dev)],
    cwd: root,
    env: {
      ...ownPrograms(root),
      FANREEL_ORCHESTRATOR_URL: origin,
      FANREEL_EVENT_ID: EVENT_ID,
      FANREEL_NODE_ID: PEERS.node.id,
      FANREEL_NODE_TOKEN: token,
      FANREEL_NODE_SLOTS: '1',
      FANREEL_WORK_DIR: work,
      FANREEL_CACHE_DIR: cache,
      FANREEL_SIGNING_DIR: signing,
      // A demo that is stopped does not finish the film at hand: it is given back and made at the next start.
      FANREEL_DRAIN_MS: '0',
      // glibc would give each of the film's threads a heap of its own.
      MALLOC_ARENA_MAX: '2',
    },
    node: true,
  })
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

/**
 * Resolves when every part says that it is ready.
 * @throws DemoFault naming the part that is not; the signal's reason when it is told to stop before
 */
export const startInstallation = async (settings: Settings): Promise<Installation> => {
  const { places, https, dev, signal } = settings
  const children = createChildren(places.logs)
  const closers: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const close of closers) await close()
    await children.stop()
  }
  const start = async (): Promise<Installation> => {
    const port = await frontDoorPort(settings.port, EVERYWHERE)
    const doorPort = https ? await anyPort() : port
    const uiPort = await anyPort()
    const origin = `http://${LOOPBACK}:${doorPort}`
    const lan = lanAddress()
    const scheme = https ? 'https' : 'http'
    const publicUrl = `${scheme}://${lan ?? 'localhost'}:${port}`
    const localUrl = `${scheme}://localhost:${port}`
    const devScreens = `http://localhost:${uiPort}`
    const env: NodeJS.ProcessEnv = {
      FANREEL_PORT: String(doorPort),
      FANREEL_HOST: https ? LOOPBACK : EVERYWHERE,
      FANREEL_EVENT_ID: EVENT_ID,
      FANREEL_EVENT_NAME: 'Fanreel demo',
      FANREEL_REDIS_URL: places.redisSocket,
      FANREEL_MEDIA_ROOT: places.media,
      FANREEL_EVENT_KEY: eventKey(places),
      FANREEL_PUBLIC_URL: publicUrl,
      FANREEL_PACKS_DIR: places.packs,
      // The demo shows the packs as they are now.
      FANREEL_REPIN_PACKS: 'yes',
      FANREEL_UI_URL: `http://${LOOPBACK}:${uiPort}`,
      // Next's dev server reloads by a web socket, which no front door passes on: its pages are opened where it is.
      ...(dev ? { FANREEL_KIOSK_ORIGINS: devScreens } : {}),
    }
    await startRedis(children, places)
    const tokens = await demoTokens(places, env, signal)
    const pin = process.env.FANREEL_KIOSK_PIN ?? freshPin()
    const parts = [
      startOrchestrator(children, places, env, dev),
      startScreens(children, places, {
        port: uiPort,
        token: tokens.screens,
        pin,
        dev,
        https,
        ...(dev ? { orchestratorUrl: origin } : {}),
      }),
      startNode(children, places, { origin, token: tokens.node, dev }),
    ]
    await Promise.all(parts.map((part) => part.saysReady()))
    if (https) {
      const certificate = keptCertificate(places.certificate, ['localhost', LOOPBACK, ...(lan ? [lan] : [])])
      closers.push((await openTlsFront({ certificate, host: EVERYWHERE, port, doorPort })).close)
    }
    return { origin, localUrl, publicUrl, screensUrl: dev ? devScreens : localUrl, tokens, pin, broken: children.anyEnded, stop }
  }
  try {
    return await Promise.race([start(), aborted(signal)])
  } catch (error) {
    await stop()
    throw error
  }
}
