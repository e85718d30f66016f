/** The whole installation on one machine: Redis, orchestrator, one GPU node and the kiosk's screens behind one front door. */
import { join } from 'node:path'
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
  tokens: Tokens
  /** Rejects when a part of it ends by itself. */
  broken: Promise<never>
  stop(): Promise<void>
}

type Settings = { places: Places; port: number | undefined; https: boolean; dev: boolean }

const EVERYWHERE = '0.0.0.0'
const LOOPBACK = '127.0.0.1'

/** A TypeScript process, run as it is; watched while it is worked on. */
const typescript = (root: string, main: string, dev: boolean): string[] =>
  dev ? [join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs'), 'watch', '--clear-screen=false', main] : ['--import', 'tsx', main]

const startScreens = async (children: Children, { root }: Places, dev: boolean): Promise<string> => {
  const port = await anyPort()
  const kiosk = join(root, 'kiosk-ui')
  children.start({
    name: 'kiosk-ui',
    command: process.execPath,
    args: dev
      ? [join(root, 'node_modules', 'next', 'dist', 'bin', 'next'), 'dev', '--port', String(port), '--hostname', LOOPBACK]
      : [join(kiosk, '.next', 'standalone', 'kiosk-ui', 'server.js')],
    cwd: kiosk,
    env: { PORT: String(port), HOSTNAME: LOOPBACK, NEXT_TELEMETRY_DISABLED: '1' },
    node: true,
  })
  return `http://${LOOPBACK}:${port}`
}

const startNode = async (children: Children, places: Places, origin: string, token: string, dev: boolean) => {
  const { root, work, cache } = places
  const child = children.start({
    name: 'gpu-node',
    command: process.execPath,
    args: typescript(root, join(root, 'gpu-node', 'src', 'main.ts'), dev),
    cwd: root,
    env: {
      ...ownPrograms(root),
      FANREEL_ORCHESTRATOR_URL: origin,
      FANREEL_EVENT_ID: EVENT_ID,
      FANREEL_NODE_ID: PEERS.node,
      FANREEL_NODE_TOKEN: token,
      FANREEL_NODE_SLOTS: '1',
      FANREEL_WORK_DIR: work,
      FANREEL_CACHE_DIR: cache,
      // A demo that is stopped does not finish the film at hand: it is given back and made at the next start.
      FANREEL_DRAIN_MS: '0',
    },
    node: true,
  })
  await child.saysReady()
}

/** Resolves when every part says that it is ready. @throws DemoFault naming the part that is not */
export const startInstallation = async (settings: Settings): Promise<Installation> => {
  const { places, https, dev } = settings
  const { root } = places
  const children = createChildren(places.logs)
  const closers: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const close of closers) await close()
    await children.stop()
  }
  try {
    const port = await frontDoorPort(settings.port, EVERYWHERE)
    const lan = lanAddress()
    const publicUrl = `${https ? 'https' : 'http'}://${lan ?? 'localhost'}:${port}`
    await startRedis(children, places)
    const uiUrl = await startScreens(children, places, dev)
    const env: NodeJS.ProcessEnv = {
      FANREEL_PORT: https ? '0' : String(port),
      FANREEL_HOST: https ? LOOPBACK : EVERYWHERE,
      FANREEL_EVENT_ID: EVENT_ID,
      FANREEL_EVENT_NAME: 'Fanreel demo',
      FANREEL_REDIS_URL: places.redisSocket,
      FANREEL_MEDIA_ROOT: places.media,
      FANREEL_EVENT_KEY: eventKey(places),
      FANREEL_PUBLIC_URL: publicUrl,
      FANREEL_PACKS_DIR: places.packs,
      FANREEL_UI_URL: uiUrl,
    }
    const orchestrator = children.start({
      name: 'orchestrator',
      command: process.execPath,
      args: typescript(root, join(root, 'orchestrator', 'src', 'main.ts'), dev),
      cwd: root,
      env,
      node: true,
    })
    const [tokens, said] = await Promise.all([demoTokens(places, env), orchestrator.saysReady()])
    const doorPort = Number(said.port)
    const origin = `http://${LOOPBACK}:${doorPort}`
    if (https) {
      const certificate = keptCertificate(places.certificate, ['localhost', LOOPBACK, ...(lan ? [lan] : [])])
      closers.push((await openTlsFront({ certificate, host: EVERYWHERE, port, doorPort })).close)
    }
    await startNode(children, places, origin, tokens.node, dev)
    return {
      origin,
      localUrl: `${https ? 'https' : 'http'}://localhost:${port}`,
      publicUrl,
      tokens,
      broken: children.anyEnded,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
