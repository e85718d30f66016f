/**
 * The nodes connected to this instance. One session a node: whoever says hello last is the node (N2). What happens here is
 * noted in Redis, where every instance reads it.
 */
import type { NodeId } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { NodePresence } from '../status/node-presence.ts'
import type { NodeSession } from './node-session.ts'

export type NodeRegistry = {
  join(session: NodeSession): void
  /** True where the session was the node's own and not one that was replaced. */
  leave(session: NodeSession): boolean
  get(nodeId: NodeId): NodeSession | undefined
  all(): NodeSession[]
  /** Sessions that may be offered work, in turn. */
  eager(now: number): NodeSession[]
  /** The node failed by its own fault; too often within an hour and it is drained (N5). */
  strike(nodeId: NodeId): void
  /** The node has called a clip no good. Too many one after the other, with no film between, are faults of its own (N6). */
  blamedClip(nodeId: NodeId): void
  /** The node has made a film. */
  filmed(nodeId: NodeId): void
  /** Something about the session changed: tell the others. */
  note(session: NodeSession): void
  stop(): void
}

const MAX_STRIKES = 3
const STRIKE_MS = 3_600_000
/** How often rows are noted again, so that they do not grow old, in milliseconds. */
const NOTE_MS = 4_000
/** How long a change of a row waits for others, in milliseconds. */
const SOON_MS = 500

export const createNodeRegistry = (options: {
  presence: NodePresence
  /** Clips in a row that a node may call no good. */
  mostBlamed: number
  clock: Clock
  log: Logger
}): NodeRegistry => {
  const { presence, mostBlamed, clock, log } = options
  const sessions = new Map<NodeId, NodeSession>()
  const strikes = new Map<NodeId, number[]>()
  const blamed = new Map<NodeId, number>()
  let turn = 0

  const write = (rows: Parameters<NodePresence['note']>[0]) => {
    if (rows.length === 0) return
    presence
      .note(rows)
      .catch((error: unknown) => log.debug({ err: error, nodes: rows.length, code: refusalOf(error).code }, 'nodes not noted'))
  }
  const changed = new Set<NodeSession>()
  const isCurrent = (session: NodeSession) => sessions.get(session.nodeId) === session
  const writeChanged = () => {
    const rows = [...changed].filter(isCurrent).map((session) => session.row())
    changed.clear()
    write(rows)
  }
  let soon: NodeJS.Timeout | undefined
  /** Whatever changes within a moment is told together. */
  const note = (session: NodeSession) => {
    if (changed.size === 0) soon = setTimeout(writeChanged, SOON_MS)
    changed.add(session)
  }
  const timer = setInterval(() => write([...sessions.values()].map((session) => session.row())), NOTE_MS)

  const strike = (nodeId: NodeId): void => {
    const now = clock.now()
    const recent = [...(strikes.get(nodeId) ?? []).filter((at) => now - at < STRIKE_MS), now]
    strikes.set(nodeId, recent)
    const session = sessions.get(nodeId)
    if (recent.length < MAX_STRIKES || !session || session.draining) return
    session.drain()
    note(session)
    log.error({ nodeId, code: 'node-fault', strikes: recent.length }, 'node drained after faults of its own')
  }

  return {
    join: (session) => {
      const before = sessions.get(session.nodeId)
      sessions.set(session.nodeId, session)
      write([session.row()])
      if (before && before !== session) before.line.hangUp()
    },
    leave: (session) => {
      if (sessions.get(session.nodeId) !== session) return false
      sessions.delete(session.nodeId)
      write([{ ...session.row(), state: 'offline', running: [] }])
      return true
    },
    get: (nodeId) => sessions.get(nodeId),
    all: () => [...sessions.values()],
    eager: (now) => {
      const able = [...sessions.values()].filter((session) => session.openings(now).length > 0)
      if (able.length === 0) return []
      const first = turn++ % able.length
      return [...able.slice(first), ...able.slice(0, first)]
    },
    strike,
    blamedClip: (nodeId) => {
      const inARow = (blamed.get(nodeId) ?? 0) + 1
      blamed.set(nodeId, inARow)
      if (inARow > mostBlamed) strike(nodeId)
    },
    filmed: (nodeId) => {
      blamed.delete(nodeId)
    },
    note,
    stop: () => {
      clearInterval(timer)
      clearTimeout(soon)
    },
  }
}
