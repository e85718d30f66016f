/**
 * What a visitor may expect: their true place in the queue and the wait until their film is there. Looks at queue and
 * nodes at most twice a second, however many ask.
 */
import { type NodeRow, RENDER_TIERS, type RenderId, type RenderTier } from '@fanreel/protocol'
import type { Clock } from '../clock.ts'
import type { RenderQueue } from '../queue/render-queue.ts'
import type { RenderTimes } from './render-times.ts'
import type { Visit } from './visit.ts'
import { estimateWait, remainingMs } from './wait-estimate.ts'

type Lane = { line: Map<RenderId, number>; running: Map<RenderId, number>; slots: number; typicalMs: number | undefined }
type Snapshot = { at: number; lanes: Record<RenderTier, Lane> }

export type Outlook = {
  of(visit: Visit): Promise<{ place?: number; waitMs?: number }>
  /** The wait of a visitor who would be queued now on the tier. */
  newcomer(tier: RenderTier): Promise<{ waitMs?: number; queued: number; slots: number }>
}

const FRESH_MS = 500
/** Places beyond this are not told apart. */
const MAX_LINE = 1_000

/** Renders that wait for a remote engine have slots of their own on a node that has such (N8). */
const sharesSlots = (row: NodeRow, tier: RenderTier, other: RenderTier | undefined): boolean =>
  row.cloudSlots === 0 || (tier === 'cloud') === (other === 'cloud')

const remainingOf = (lane: Lane): number[] => {
  const { typicalMs } = lane
  return typicalMs === undefined ? [] : [...lane.running.values()].map((fraction) => remainingMs(typicalMs, fraction))
}

const waitAt = (lane: Lane, before: number): { waitMs?: number } => {
  const waitMs = estimateWait({ before, running: remainingOf(lane), slots: lane.slots, typicalMs: lane.typicalMs })
  return waitMs === undefined ? {} : { waitMs }
}

export const createOutlook = (options: {
  queue: RenderQueue
  nodes: () => Promise<NodeRow[]>
  times: RenderTimes
  clock: Clock
}): Outlook => {
  const { queue, nodes, times, clock } = options
  let latest: Promise<Snapshot> | undefined
  let latestAt = Number.NEGATIVE_INFINITY

  const look = async (): Promise<Snapshot> => {
    const [rows, typical, lines] = await Promise.all([
      nodes(),
      times.read(),
      Promise.all(RENDER_TIERS.map((tier) => queue.line(tier, MAX_LINE))),
    ])
    const online = rows.filter((row) => row.state === 'online')
    const laneOf = (tier: RenderTier, line: RenderId[]): Lane => {
      const serving = online.filter((row) => row.tiers.includes(tier))
      return {
        line: new Map(line.map((renderId, place) => [renderId, place])),
        running: new Map(
          serving.flatMap((row) =>
            row.running
              .filter(({ tier: other }) => sharesSlots(row, tier, other))
              .map(({ renderId, fraction }) => [renderId, fraction]),
          ),
        ),
        slots: serving.reduce((slots, row) => slots + (tier === 'cloud' && row.cloudSlots > 0 ? row.cloudSlots : row.slots), 0),
        typicalMs: typical[tier],
      }
    }
    const lanes = Object.fromEntries(RENDER_TIERS.map((tier, at) => [tier, laneOf(tier, lines[at] ?? [])]))
    return { at: clock.now(), lanes: lanes as Snapshot['lanes'] }
  }
  const snapshot = (): Promise<Snapshot> => {
    if (latest && clock.now() - latestAt < FRESH_MS) return latest
    latestAt = clock.now()
    const fresh = look()
    latest = fresh
    // A look that failed is not remembered.
    fresh.catch(() => {
      if (latest === fresh) latest = undefined
    })
    return fresh
  }

  return {
    of: async (visit) => {
      if (!visit.render || (visit.state !== 'queued' && visit.state !== 'rendering')) return {}
      const lane = (await snapshot()).lanes[visit.render.tier]
      const { renderId } = visit.render
      if (visit.state === 'rendering') {
        const { typicalMs } = lane
        return typicalMs === undefined ? {} : { waitMs: Math.round(remainingMs(typicalMs, lane.running.get(renderId) ?? 0)) }
      }
      // Not in the line yet, or just taken: behind everyone is the honest answer until the next look.
      const place = lane.line.get(renderId) ?? lane.line.size
      return { place, ...waitAt(lane, place) }
    },
    newcomer: async (tier) => {
      const lane = (await snapshot()).lanes[tier]
      return { queued: lane.line.size, slots: lane.slots, ...waitAt(lane, lane.line.size) }
    },
  }
}
