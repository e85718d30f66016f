/**
 * `npm run bench:dispatch [-- --json] [--grow]`: the broker against the same calls on raw BullMQ, alternated; Redis round trips of a
 * whole render, counted on the wire; and how soon an idle node has accepted a film that was just queued. With `--grow` also how the
 * broker's rate goes with nodes at work, visits that wait, and kiosks they came from.
 */
import { performance } from 'node:perf_hooks'
import { createPeerTokens } from '../../orchestrator/src/access/peer-tokens.ts'
import { createFakeKiosk, type FakeKiosk, madeClip } from '../support/fake-kiosk.ts'
import { createFakeNode, type FakeNode } from '../support/fake-node.ts'
import { type Fleet, startFleet } from '../support/fleet.ts'
import { FLEET_PACK } from '../support/fleet-pack.ts'
import { makeReel } from '../support/made-reel.ts'
import { openBroker, timeOf } from './broker-turns.ts'
import { median, quantile, report, rounded, say } from './figures.ts'
import { openRawQueue } from './raw-queue.ts'

const IN_FLIGHT = 50
/** Each round is made of slices, in turn, so that what else this machine does befalls both alike. */
const SLICES = 8
const JOBS = 300
const ROUNDS = 5
const RENDERS_COUNTED = 15
/** Long enough that what a message has set off is over. */
const SETTLE_MS = 700

const compareBrokers = async (url: string): Promise<number> => {
  const raw = await openRawQueue(url)
  const broker = await openBroker(url)
  const ratios: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    let rawMs = 0
    let brokerMs = 0
    for (let slice = 0; slice < SLICES; slice++) {
      await Promise.all([raw.fill(JOBS), broker.fill(JOBS)])
      rawMs += await timeOf(raw.turn, IN_FLIGHT)
      brokerMs += await timeOf(broker.turn, IN_FLIGHT)
    }
    const [rawRate, brokerRate] = [rawMs, brokerMs].map((ms) => (SLICES * JOBS * 1_000) / ms) as [number, number]
    // The first warms both up.
    if (round === 0) continue
    ratios.push(brokerRate / rawRate)
    say(`  broker ${brokerRate.toFixed(0)} a second, raw BullMQ ${rawRate.toFixed(0)}: ${(brokerRate / rawRate).toFixed(2)}`)
  }
  await broker.close()
  await raw.close()
  return median(ratios)
}

/** Deliver as a node does: brief, a beat, three objects, the result. */
const renderOnce = async (kiosk: FakeKiosk, node: FakeNode, reel: Buffer): Promise<void> => {
  const { visitId } = await kiosk.start({ packId: FLEET_PACK })
  const offered = node.nextOffer()
  await kiosk.send(visitId, madeClip())
  const offer = await offered
  await node.ask('render:brief', { renderId: offer.renderId, leaseToken: offer.leaseToken })
  await node.beat(offer)
  const answer = await node.deliver(offer, reel)
  if (!answer.ok || answer.outcome !== 'accepted') throw new Error(`the film was refused: ${JSON.stringify(answer)}`)
  await node.ready()
}

/** From the moment a visit was queued until the idle node's acceptance was heard and noted, each in milliseconds. */
const acceptTimes = async (fleet: Fleet, kiosk: FakeKiosk, node: FakeNode, reel: Buffer, count: number): Promise<number[]> => {
  const times: number[] = []
  for (let at = 0; at < count; at++) {
    await renderOnce(kiosk, node, reel)
    const visit = await fleet.store.get(node.offers.at(-1)?.visitId ?? '')
    const [queuedAt, acceptedAt] = ['queued', 'rendering'].map((state) => visit?.history.find((step) => step.state === state)?.at)
    if (queuedAt === undefined || acceptedAt === undefined) throw new Error('no film was begun')
    times.push(acceptedAt - queuedAt)
  }
  return times
}

/** Everything that one render writes to Redis, from its claim to the tidied visit, as the wire sees it: what is sent together counts once. What comes before it is said beside it. */
const countRoundTrips = async (fleet: Fleet, kiosk: FakeKiosk, node: FakeNode, reel: Buffer): Promise<number> => {
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const counts: number[] = []
  const wholes: number[] = []
  for (let at = 0; at < RENDERS_COUNTED; at++) {
    await node.ready(0)
    const first = { pieces: fleet.redisLine.pieces, at: performance.now() }
    const { visitId } = await kiosk.start({ packId: FLEET_PACK })
    await kiosk.send(visitId, madeClip())
    await pause(SETTLE_MS)
    // What goes over the wire without any render: presence, the look at what is watched.
    const idleFrom = { pieces: fleet.redisLine.pieces, at: performance.now() }
    await pause(SETTLE_MS)
    const idle = (fleet.redisLine.pieces - idleFrom.pieces) / (performance.now() - idleFrom.at)
    const before = { pieces: fleet.redisLine.pieces, at: performance.now() }
    const offered = node.nextOffer()
    await node.ready(1)
    const offer = await offered
    await node.ask('render:brief', { renderId: offer.renderId, leaseToken: offer.leaseToken })
    await node.beat(offer)
    await node.deliver(offer, reel)
    await node.ready(1)
    await pause(SETTLE_MS)
    const since = (from: typeof before) => fleet.redisLine.pieces - from.pieces - idle * (performance.now() - from.at)
    counts.push(since(before))
    wholes.push(since(first))
  }
  say(`  round trips of each: ${counts.map((count) => count.toFixed(0)).join(' ')}`)
  say(`  with the visit's start, its upload and its place in the queue: ${median(wholes).toFixed(0)}`)
  return median(counts)
}

/** Claims, beats and completions a second, as more nodes work, more visits wait, and they come from more kiosks. */
const growBroker = async (url: string): Promise<void> => {
  const broker = await openBroker(url)
  const rateOf = async (nodes: number, waiting: number, kiosks: number): Promise<number> => {
    await broker.fill(waiting + JOBS, kiosks)
    const ms = await timeOf(broker.turn, nodes, JOBS)
    await timeOf(broker.turn, IN_FLIGHT)
    return (JOBS * 1_000) / ms
  }
  await rateOf(IN_FLIGHT, 0, 1)
  const grow = async (what: string, steps: readonly number[], rate: (step: number) => Promise<number>) => {
    for (const step of steps) say(`  ${step} ${what}: ${(await rate(step)).toFixed(0)} a second`)
  }
  await grow('nodes at work', [1, 10, 50, 200], (nodes) => rateOf(nodes, 0, 10))
  await grow('visits waiting', [0, 1_000, 10_000], (waiting) => rateOf(IN_FLIGHT, waiting, 10))
  await grow('kiosks with 1000 visits waiting', [1, 100, 1_000], (kiosks) => rateOf(IN_FLIGHT, 1_000, kiosks))
  await broker.close()
}

const main = async (): Promise<void> => {
  const reel = await makeReel()
  const fleet = await startFleet({ env: { FANREEL_LOG_LEVEL: 'warn', FANREEL_POLL_MS: '600000', FANREEL_SWEEP_MS: '600000' } })
  try {
    say('claim + beat + complete, 50 in flight:')
    const brokerToRaw = await compareBrokers(fleet.server.socket)
    if (process.argv.includes('--grow')) await growBroker(fleet.server.socket)
    const [url] = [...fleet.orchestrators.keys()].map((port) => `http://127.0.0.1:${port}`)
    if (url === undefined) throw new Error('no orchestrator')
    const tokens = createPeerTokens({ redis: fleet.redis })
    const { eventId } = fleet
    const kiosk = await createFakeKiosk({ url, eventId, kioskId: 'k', token: await tokens.issue(eventId, 'kiosk', 'k') })
    const node = await createFakeNode({ url, eventId, nodeId: 'n', token: await tokens.issue(eventId, 'node', 'n') })
    await kiosk.hello()
    await node.hello()
    await node.ready()
    await acceptTimes(fleet, kiosk, node, reel, 20)
    const times = await acceptTimes(fleet, kiosk, node, reel, 200)
    const roundTrips = await countRoundTrips(fleet, kiosk, node, reel)
    kiosk.close()
    node.close()
    report({
      brokerToRaw: rounded(brokerToRaw),
      roundTrips: rounded(roundTrips, 0),
      acceptP50Ms: rounded(median(times), 1),
      acceptP99Ms: rounded(quantile(times, 0.99), 1),
    })
  } finally {
    await fleet.stop()
  }
}

await main()
