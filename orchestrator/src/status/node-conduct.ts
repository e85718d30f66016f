/**
 * What is held against a node, in Redis: its faults of the last hour and the clips it has called no good in a row. So neither a
 * new connection nor another instance begins anew (N5, N6). Films cost nothing here: a row ends where the count of films has moved.
 */
import { randomUUID } from 'node:crypto'
import { type Code, type EventId, NodeDrained, type NodeId } from '@fanreel/protocol'
import type { Clock } from '../clock.ts'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

export type NodeConduct = {
  /** Why a node is drained; undefined where it is not. */
  drained(nodeId: NodeId): Promise<NodeDrained | undefined>
  /** Every node that is drained. */
  allDrained(): Promise<Map<NodeId, NodeDrained>>
  /** Counts a fault of the node's own; answers how many there are within the hour, and whether it is drained by this one. */
  strike(nodeId: NodeId, code: Code): Promise<Struck>
  /** The node has called a clip no good: of too many with no film between, each is a fault of its own. */
  blamedClip(nodeId: NodeId, code: Code): Promise<Struck>
  /** Lets a drained node work again, with nothing held against it. */
  reinstate(nodeId: NodeId): Promise<void>
  /** Calls back when a node was drained or let work again, on whichever instance. */
  onChange(listener: () => void): () => void
}
export type Struck = { strikes: number; drainedNow: boolean }

const MAX_STRIKES = 3
const STRIKE_MS = 3_600_000

/** Ten are remembered at most, whatever a node does. KEYS: strikes, drained, row of blames, counts. ARGV: now, ms a strike counts, most strikes, a name for this one, node, mark, channel, most blames. */
const STRIKE = `
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -11)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local strikes = redis.call('ZCARD', KEYS[1])
if strikes < tonumber(ARGV[3]) or redis.call('HSETNX', KEYS[2], ARGV[5], ARGV[6]) == 0 then return {strikes, 0} end
redis.call('PUBLISH', ARGV[7], ARGV[5])
return {strikes, 1}`

/** The same, where the row is too long. A row stands with the films that the node had made when it began. */
const BLAME = `
local films = redis.call('HGET', KEYS[4], ARGV[5] .. ':done') or '0'
local row = redis.call('HMGET', KEYS[3], 'films', 'clips')
local clips = row[1] == films and row[2] + 1 or 1
redis.call('HSET', KEYS[3], 'films', films, 'clips', clips)
redis.call('PEXPIRE', KEYS[3], 24 * ARGV[2])
if clips <= tonumber(ARGV[8]) then return {redis.call('ZCARD', KEYS[1]), 0} end
${STRIKE}`

/** The hash of drained nodes: node id to why, as JSON. */
export const drainedKeyOf = (eventId: EventId): string => eventKey(eventId, 'nodes', 'drained')
/** How many films each node has made, and failed to. */
export const nodeCountsKeyOf = (eventId: EventId): string => eventKey(eventId, 'node-counts')

/** Reads one mark. What cannot be read still drains: somebody wrote it. */
export const drainedFrom = (json: string): NodeDrained =>
  NodeDrained.safeParse(JSON.parse(json)).data ?? { at: 0, code: 'internal' }

export const createNodeConduct = (options: {
  redis: Pick<Redis, 'call' | 'subscribe'>
  eventId: EventId
  /** Clips in a row that a node may call no good. */
  mostBlamed: number
  clock: Clock
}): NodeConduct => {
  const { redis, eventId, mostBlamed, clock } = options
  const drainedKey = drainedKeyOf(eventId)
  const channel = eventKey(eventId, 'nodes', 'drained', 'changed')
  const strikesOf = (nodeId: NodeId) => eventKey(eventId, 'node-strikes', nodeId)
  const blamesOf = (nodeId: NodeId) => eventKey(eventId, 'node-blames', nodeId)

  const run = async (script: string, nodeId: NodeId, code: Code): Promise<Struck> => {
    const at = clock.now()
    const mark: NodeDrained = { at, code }
    const [strikes, drainedNow] = (await redis.call((client) =>
      client.eval(script, {
        keys: [strikesOf(nodeId), drainedKey, blamesOf(nodeId), nodeCountsKeyOf(eventId)],
        arguments: [at, STRIKE_MS, MAX_STRIKES, randomUUID(), nodeId, JSON.stringify(mark), channel, mostBlamed].map(String),
      }),
    )) as [number, number]
    return { strikes, drainedNow: drainedNow === 1 }
  }

  return {
    drained: async (nodeId) => {
      const json = await redis.call((client) => client.hGet(drainedKey, nodeId))
      return json === null ? undefined : drainedFrom(json)
    },
    allDrained: async () => {
      const marks = await redis.call((client) => client.hGetAll(drainedKey))
      return new Map(Object.entries(marks).map(([nodeId, json]) => [nodeId, drainedFrom(json)]))
    },
    strike: (nodeId, code) => run(STRIKE, nodeId, code),
    blamedClip: (nodeId, code) => run(BLAME, nodeId, code),
    reinstate: async (nodeId) => {
      await redis.call((client) =>
        client
          .multi()
          .del([strikesOf(nodeId), blamesOf(nodeId)])
          .hDel(drainedKey, nodeId)
          .publish(channel, nodeId)
          .exec(),
      )
    },
    onChange: (listener) => redis.subscribe(channel, listener),
  }
}
