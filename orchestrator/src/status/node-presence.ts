/** Which nodes there are, as every instance sees them: each notes its own nodes in Redis, and a silent row grows old. */
import { type EventId, type NodeId, NodeRow } from '@fanreel/protocol'
import type { Clock } from '../clock.ts'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'
import { drainedFrom, drainedKeyOf, nodeCountsKeyOf } from './node-conduct.ts'

/** What an instance knows of a node by the connection it holds. */
export type NotedRow = Omit<NodeRow, 'done' | 'failed' | 'lastSeenAt' | 'drained'> & {
  /** When that connection was greeted, in milliseconds since the epoch. */
  joinedAt: number
}

export type NodePresence = {
  /** Every node seen within the last day; those not heard of lately are `offline`, those with too many faults say why they drain. */
  list(): Promise<NodeRow[]>
  /** Of two instances that think they have a node, the one that greeted it last is right: what the other notes changes nothing (N2). */
  note(rows: readonly NotedRow[]): Promise<void>
  /** Counts a finished render for a node. */
  count(nodeId: NodeId, outcome: 'done' | 'failed'): Promise<void>
  /** Calls back when a node came, went or changed, on whichever instance. */
  onChange(listener: () => void): () => void
}

/** A row older than this is of a node nobody hears of, in milliseconds. */
const STALE_MS = 15_000
const FORGOTTEN_MS = 86_400_000

/** KEYS: rows. ARGV: channel, then node, row and time of greeting for each. */
const NOTE = `
for at = 2, #ARGV, 3 do
  local known = redis.call('HGET', KEYS[1], ARGV[at])
  if not known or (cjson.decode(known).joinedAt or 0) <= tonumber(ARGV[at + 2]) then
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  end
end
redis.call('PUBLISH', ARGV[1], 'changed')`

export const createNodePresence = (options: { redis: Redis; eventId: EventId; clock: Clock }): NodePresence => {
  const { redis, eventId, clock } = options
  const rowsKey = eventKey(eventId, 'nodes')
  const countsKey = nodeCountsKeyOf(eventId)
  const drainedKey = drainedKeyOf(eventId)
  const channel = eventKey(eventId, 'nodes', 'changed')
  return {
    list: async () => {
      const [rows, counts, marks] = await redis.call((client) =>
        Promise.all([rowsKey, countsKey, drainedKey].map((key) => client.hGetAll(key))),
      )
      const now = clock.now()
      return Object.values(rows ?? {})
        .flatMap((json) => NodeRow.safeParse(JSON.parse(json)).data ?? [])
        .filter((row) => now - row.lastSeenAt < FORGOTTEN_MS)
        .map((row) => ({ ...row, mark: marks?.[row.nodeId] }))
        .map(({ mark, ...row }) => ({
          ...row,
          ...(mark !== undefined && { state: 'draining' as const, drained: drainedFrom(mark) }),
          ...(now - row.lastSeenAt > STALE_MS && { state: 'offline' as const, running: [] }),
          done: Number(counts?.[`${row.nodeId}:done`] ?? 0),
          failed: Number(counts?.[`${row.nodeId}:failed`] ?? 0),
        }))
        .sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1))
    },
    note: async (rows) => {
      const lastSeenAt = clock.now()
      const fields = rows.flatMap((row) => {
        const whole = JSON.stringify({ ...row, done: 0, failed: 0, lastSeenAt })
        return [row.nodeId, whole, String(row.joinedAt)]
      })
      await redis.call((client) => client.eval(NOTE, { keys: [rowsKey], arguments: [channel, ...fields] }))
    },
    count: async (nodeId, outcome) => {
      await redis.call((client) => client.hIncrBy(countsKey, `${nodeId}:${outcome}`, 1))
    },
    onChange: (listener) => redis.subscribe(channel, listener),
  }
}
