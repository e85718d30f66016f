/**
 * The nodes connected to this instance. One session a node: whoever says hello last is the node (N2). What happens here is
 * noted in Redis, where every instance reads it; what is held against a node stands there too, and each instance keeps to it.
 */
import type { Code, NodeId } from '@fanreel/protocol'
import type { Logger } from 'pino'
import { refusalOf } from '../errors.ts'
import type { NodeConduct, Struck } from '../status/node-conduct.ts'
import type { NodePresence } from '../status/node-presence.ts'
import type { NodeSession } from './node-session.ts'

export type NodeRegistry = {
  join(session: NodeSession): void
  /** Whether the node was drained after faults of its own, here or elsewhere. @throws AppError `unavailable` */
  isDrained(nodeId: NodeId): Promise<boolean>
  /** True where the session was the node's own and not one that was replaced. */
  leave(session: NodeSession): boolean
  get(nodeId: NodeId): NodeSession | undefined
  all(): NodeSession[]
  /** Sessions that may be offered work, in turn. */
  eager(now: number): NodeSession[]
  /** The node failed by its own fault; too often within an hour and it is drained (N5). */
  strike(nodeId: NodeId, code: Code): void
  /** The node has called a clip no good. Too many one after the other, with no film between, are faults of its own (N6). */
  blamedClip(nodeId: NodeId, code: Code): void
  /** Something about the session changed: tell the others. */
  note(session: NodeSession): void
  stop(): void
}

/** How often rows are noted again, so that they do not grow old, and marks are read again, in milliseconds. */
const NOTE_MS = 4_000
/** How long a change of a row waits for others, in milliseconds. */
const SOON_MS = 500

export const createNodeRegistry = (options: {
  presence: NodePresence
  conduct: NodeConduct
  /** A node may work again. */
  onFree: () => void
  log: Logger
}): NodeRegistry => {
  const { presence, conduct, onFree, log } = options
  const sessions = new Map<NodeId, NodeSession>()
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
  let looks = 0
  /** Holds every session to what stands in Redis. Of looks that overtake each other the last counts; while Redis is away all stays. */
  const look = async (): Promise<void> => {
    const mine = ++looks
    const drained = await conduct.allDrained()
    if (mine !== looks) return
    const news = [...sessions.values()].filter((session) => session.bar(drained.has(session.nodeId)))
    for (const session of news) note(session)
    if (news.some((session) => !session.draining)) onFree()
  }
  const lookAgain = () => {
    look().catch((error: unknown) => log.debug({ err: error, code: refusalOf(error).code }, 'drained nodes not looked at'))
  }
  const stopListening = conduct.onChange(lookAgain)
  const timer = setInterval(() => {
    write([...sessions.values()].map((session) => session.row()))
    if (sessions.size > 0) lookAgain()
  }, NOTE_MS)

  /** A fault that cannot be counted stops nobody's render: where Redis is away, so is the queue. */
  const counted = (nodeId: NodeId, code: Code, counting: Promise<Struck>): void => {
    counting
      .then(({ strikes, drainedNow }) => {
        if (drainedNow) log.error({ nodeId, code, strikes }, 'node drained after faults of its own')
        lookAgain()
      })
      .catch((error: unknown) => log.warn({ err: error, nodeId, code: refusalOf(error).code }, 'fault of a node not counted'))
  }

  return {
    join: (session) => {
      const before = sessions.get(session.nodeId)
      sessions.set(session.nodeId, session)
      write([session.row()])
      // It may have been drained since it was asked after.
      lookAgain()
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
    isDrained: async (nodeId) => (await conduct.drained(nodeId)) !== undefined,
    strike: (nodeId, code) => counted(nodeId, code, conduct.strike(nodeId, code)),
    blamedClip: (nodeId, code) => counted(nodeId, code, conduct.blamedClip(nodeId, code)),
    note,
    stop: () => {
      stopListening()
      clearInterval(timer)
      clearTimeout(soon)
    },
  }
}
