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
  /** Something about the session changed: tell the others. */
  note(session: NodeSession): void
  stop(): void
}

const MAX_STRIKES = 3
const STRIKE_MS = 3_600_000
/** How often rows are noted again, so that they do not grow old, in milliseconds. */
const NOTE_MS = 4_000

export const createNodeRegistry = (options: { presence: NodePresence; clock: Clock; log: Logger }): NodeRegistry => {
  const { presence, clock, log } = options
  const sessions = new Map<NodeId, NodeSession>()
  const strikes = new Map<NodeId, number[]>()
  let turn = 0

  const write = (row: Parameters<NodePresence['note']>[0]) => {
    presence
      .note(row)
      .catch((error: unknown) => log.debug({ err: error, nodeId: row.nodeId, code: refusalOf(error).code }, 'node not noted'))
  }
  const note = (session: NodeSession) => {
    if (sessions.get(session.nodeId) === session) write(session.row())
  }
  const timer = setInterval(() => {
    for (const session of sessions.values()) note(session)
  }, NOTE_MS)

  return {
    join: (session) => {
      const before = sessions.get(session.nodeId)
      sessions.set(session.nodeId, session)
      note(session)
      if (before && before !== session) before.line.hangUp()
    },
    leave: (session) => {
      if (sessions.get(session.nodeId) !== session) return false
      sessions.delete(session.nodeId)
      write({ ...session.row(), state: 'offline', running: [] })
      return true
    },
    get: (nodeId) => sessions.get(nodeId),
    all: () => [...sessions.values()],
    eager: (now) => {
      const able = [...sessions.values()].filter((session) => session.free(now) > 0)
      if (able.length === 0) return []
      const first = turn++ % able.length
      return [...able.slice(first), ...able.slice(0, first)]
    },
    strike: (nodeId) => {
      const now = clock.now()
      const recent = [...(strikes.get(nodeId) ?? []).filter((at) => now - at < STRIKE_MS), now]
      strikes.set(nodeId, recent)
      const session = sessions.get(nodeId)
      if (recent.length < MAX_STRIKES || !session || session.draining) return
      session.drain()
      note(session)
      log.error({ nodeId, code: 'node-fault', strikes: recent.length }, 'node drained after faults of its own')
    },
    note,
    stop: () => clearInterval(timer),
  }
}
