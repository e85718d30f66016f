/** A small installation at its work: two orchestrators, three nodes and three kiosks, each on a line of its own, visitors coming and going. */
import type { Child } from '../../support/child.ts'
import { madeClip } from '../../support/fake-kiosk.ts'
import { type Fleet, startFleet } from '../../support/fleet.ts'
import { mayMount } from '../../support/small-disk.ts'
import type { TcpProxy } from '../../support/tcp-proxy.ts'
import { isOver, sendVisitor } from '../../support/visitor.ts'
import { SHORT_TIMINGS } from '../fault.ts'

const NODES = ['node-a', 'node-b', 'node-c'] as const
const KIOSKS = ['kiosk-1', 'kiosk-2', 'kiosk-3'] as const
const ORCHESTRATORS = 2
const MAKE_MS = 600
const DISK_BYTES = 128 * 1_048_576
/** Clips of one piece and of several. */
const CLIP_BYTES = [3_000, 700_000]
/** A visit that is not over by then is left to itself; the next visitor comes. */
const PATIENCE_MS = 30_000

export type Scene = {
  readonly fleet: Fleet
  readonly nodes: readonly { nodeId: string; line: TcpProxy; child: Child }[]
  readonly kioskLines: readonly TcpProxy[]
  /** Visits whose clip was acknowledged. */
  readonly visits: ReadonlySet<string>
  /** Starts whatever node or orchestrator is not there. */
  refill(): Promise<void>
  /** No visitor comes any more; resolves when every clip has been sent. */
  closeDoors(): Promise<void>
  stop(): Promise<void>
}

export const startScene = async (): Promise<Scene> => {
  const fleet = await startFleet({
    orchestrators: ORCHESTRATORS,
    env: { ...SHORT_TIMINGS, FANREEL_REDIS_DEADLINE_MS: '2000' },
    ...(mayMount() && { diskBytes: DISK_BYTES }),
  })
  const startNode = async (nodeId: string, line: TcpProxy) => ({
    nodeId,
    line,
    child: await fleet.startNodes([nodeId], { makeMs: MAKE_MS, line }),
  })
  const nodes = await Promise.all(NODES.map(async (nodeId) => startNode(nodeId, await fleet.line())))
  const kioskLines = await Promise.all(KIOSKS.map(() => fleet.line()))
  const visits = new Set<string>()
  let open = true
  const rush = async (kioskId: string, line: TcpProxy) => {
    const kiosk = await fleet.kiosk(kioskId, line)
    for (let count = 0; open; count++) {
      const clip = madeClip(CLIP_BYTES[count % CLIP_BYTES.length])
      const visitor = await sendVisitor(kiosk, { kioskId, url: fleet.url }, { clip, packId: 'tiny' })
      visits.add(visitor.visitId)
      await visitor.until(isOver, PATIENCE_MS).catch(() => undefined)
    }
  }
  const rushes = Promise.all(KIOSKS.map((kioskId, at) => rush(kioskId, kioskLines[at] as TcpProxy)))
  // Looked at when the doors close.
  rushes.catch(() => undefined)

  return {
    fleet,
    nodes,
    kioskLines,
    visits,
    refill: async () => {
      const living = [...fleet.orchestrators.values()].filter((child) => child.running).length
      for (let count = living; count < ORCHESTRATORS; count++) await fleet.startOrchestrator()
      for (const node of nodes) if (!node.child.running) node.child = (await startNode(node.nodeId, node.line)).child
    },
    closeDoors: async () => {
      open = false
      await rushes
    },
    stop: () => fleet.stop(),
  }
}
