/**
 * `npm run bench:sockets [-- --json]`: what one idle kiosk costs the orchestrator in memory: the growth of its resident set
 * from some hundred greeted kiosks to a thousand more.
 */
import { readFile } from 'node:fs/promises'
import { PROTOCOL_VERSION } from '@fanreel/protocol'
import { io, type Socket } from 'socket.io-client'
import { startFleet } from '../support/fleet.ts'
import { report, rounded, say } from './figures.ts'

const WARM = 300
const MORE = 1_000
const STEPS = 4
const AT_ONCE = 50

const fleet = await startFleet({ env: { FANREEL_LOG_LEVEL: 'warn' }, direct: true })
const sockets: Socket[] = []
try {
  const [entry] = fleet.orchestrators
  if (!entry) throw new Error('no orchestrator')
  const [port, child] = entry
  /** Resident set of the orchestrator in KiB, once it stands still. */
  const resident = async (): Promise<number> => {
    const read = async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.process.pid}/status`, 'utf8'))?.[1])
    let least = Number.POSITIVE_INFINITY
    for (let at = 0; at < 20; at++) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      least = Math.min(least, await read())
    }
    return least
  }
  const connect = async (number: number): Promise<void> => {
    const kioskId = `kiosk-${number}`
    const token = await fleet.token('kiosk', kioskId)
    // Each group of kiosks stands behind a router of its own, as far as the door can see.
    const extraHeaders = { 'x-forwarded-for': `10.0.0.${number % 50}` }
    const socket = io(`http://127.0.0.1:${port}/kiosk`, { transports: ['websocket'], forceNew: true, extraHeaders })
    sockets.push(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    const hello = { protocol: PROTOCOL_VERSION, eventId: fleet.eventId, kioskId, token, version: 'bench', holding: [] }
    const answer: { ok: boolean } = await socket.timeout(30_000).emitWithAck('kiosk:hello', hello)
    if (!answer.ok) throw new Error('a kiosk was turned away')
  }
  let count = 0
  const connectMore = async (more: number) => {
    for (const last = count + more; count < last; ) {
      const group = Array.from({ length: Math.min(AT_ONCE, last - count) }, () => connect(count++))
      await Promise.all(group)
    }
  }
  await connectMore(WARM)
  const before = await resident()
  let now = before
  for (let step = 1; step <= STEPS; step++) {
    await connectMore(MORE / STEPS)
    now = await resident()
    say(`  ${count} kiosks: ${(now / 1024).toFixed(0)} MiB, ${((now - before) / (count - WARM)).toFixed(1)} KiB each`)
  }
  report({ idleSocketKb: rounded((now - before) / MORE, 1) })
} finally {
  for (const socket of sockets) socket.disconnect()
  await fleet.stop()
}
