/** How each fault of a schedule is done, and how it ends. One that finds nothing to strike does nothing. */
import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CHUNK_BYTES } from '@fanreel/protocol'
import { createClient } from 'redis'
import type { Child } from '../../support/child.ts'
import type { TcpProxy } from '../../support/tcp-proxy.ts'
import type { Scene } from './scene.ts'
import { type InjuryName, randomOf, type Strike } from './schedule.ts'

/** Ends the fault. */
type Heal = () => Promise<void> | void
type Injury = (scene: Scene, strike: Strike) => Promise<Heal | undefined> | Heal | undefined

const chosen = <T>(from: readonly T[], whom: number): T | undefined => from[Math.floor(whom * from.length)]
const nodeOf = (scene: Scene, { whom }: Strike) =>
  chosen(
    scene.nodes.filter(({ child }) => child.running),
    whom,
  )
const lineOf = (scene: Scene, { whom }: Strike): TcpProxy | undefined => chosen(scene.kioskLines, whom)
const orchestratorOf = (scene: Scene, { whom }: Strike): Child | undefined =>
  chosen(
    [...scene.fleet.orchestrators.values()].filter((child) => child.running),
    whom,
  )

const frozen = (child: Child | undefined): Heal | undefined => {
  if (!child?.process.kill('SIGSTOP')) return undefined
  return () => void child.process.kill('SIGCONT')
}
const swallowing = (line: TcpProxy | undefined): Heal | undefined => {
  line?.blackHole(true)
  return () => line?.blackHole(false)
}
const rough = (line: TcpProxy | undefined, { whom }: Strike): Heal => {
  line?.roughen({ delayMs: 250, lossShare: 0.05, bytesPerSecond: 1_000_000, random: randomOf(whom * 2 ** 32) })
  return () => line?.roughen(undefined)
}

/** A command to Redis, past every proxy; nothing where it is away. */
const tellRedis = async ({ fleet }: Scene, ...command: string[]): Promise<void> => {
  const client = createClient({ socket: { path: fleet.server.socket, tls: false, reconnectStrategy: false } })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.sendCommand(command)
  } catch {
    // It is away: another fault has come first.
    return
  } finally {
    client.destroy()
  }
}

export const INFLICT: Record<InjuryName, Injury> = {
  'node-killed': async (scene, strike) => {
    await nodeOf(scene, strike)?.child.kill()
    return () => scene.refill()
  },
  'node-frozen': (scene, strike) => frozen(nodeOf(scene, strike)?.child),
  'node-cut-off': (scene, strike) => swallowing(nodeOf(scene, strike)?.line),
  'node-line-cut': (scene, strike) => {
    nodeOf(scene, strike)?.line.cut()
    return undefined
  },
  'node-line-rough': (scene, strike) => rough(nodeOf(scene, strike)?.line, strike),
  'orchestrator-killed': async (scene, strike) => {
    await orchestratorOf(scene, strike)?.kill()
    return () => scene.refill()
  },
  'orchestrator-stopped': async (scene, strike) => {
    await orchestratorOf(scene, strike)?.stop()
    return () => scene.refill()
  },
  'orchestrator-frozen': (scene, strike) => frozen(orchestratorOf(scene, strike)),
  'redis-killed': async ({ fleet }) => {
    await fleet.server.kill()
    return () => fleet.server.restart()
  },
  'redis-connections-cut': async (scene) => {
    await tellRedis(scene, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    return undefined
  },
  'redis-still': async (scene, { lastsMs }) => {
    await tellRedis(scene, 'CLIENT', 'PAUSE', String(lastsMs), 'ALL')
    return undefined
  },
  'redis-full': async (scene) => {
    await tellRedis(scene, 'CONFIG', 'SET', 'maxmemory', '1mb')
    return () => tellRedis(scene, 'CONFIG', 'SET', 'maxmemory', '0')
  },
  'redis-cut-off': ({ fleet }) => swallowing(fleet.redisLine),
  'redis-slow': ({ fleet }, { whom }) => {
    fleet.redisLine.delay(Math.round(20 + whom * 200))
    return () => fleet.redisLine.delay(0)
  },
  'kiosk-cut-off': (scene, strike) => swallowing(lineOf(scene, strike)),
  'kiosk-line-cut': (scene, strike) => {
    lineOf(scene, strike)?.cut()
    return undefined
  },
  'kiosk-cut-in-mid-piece': (scene, strike) => {
    const line = lineOf(scene, strike)
    line?.cutAfter(1.5 * CHUNK_BYTES)
    return () => line?.cutAfter(undefined)
  },
  'kiosk-line-rough': (scene, strike) => rough(lineOf(scene, strike), strike),
  'disk-full': async ({ fleet }) => {
    const disk = await statfs(fleet.mediaRoot)
    // Only a disk of the fleet's own is ever filled.
    if (disk.blocks * disk.bsize > 2 ** 30) return undefined
    const filler = join(fleet.mediaRoot, 'filler')
    await writeFile(filler, Buffer.alloc(Math.max(0, disk.bavail * disk.bsize - 8_192))).catch(() => undefined)
    return () => rm(filler, { force: true })
  },
}
