/**
 * The book of what paid engines were asked for, beside each visit, and of what the event has spent this day (M1, M2). Every line is
 * written by one script in Redis, so that two nodes that ask at once are not both told to go, and two that spend at once do not spend
 * the same cents. Holds slots, ids and cents, nothing of who the visitor is; erased with the visit.
 */
import { createHash } from 'node:crypto'
import type { EventId, PaidStanding, PaidStep, VisitId } from '@fanreel/protocol'
import { z } from 'zod'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

/** One order: a shot of a clip, a try of it, and who asks. */
export type OrderLine = { visitId: VisitId; clipSha256: string; shot: string; attempt: number; nonce: string }

/** What may be spent, in cents: for one visit, and by the event in one day (UTC). */
export type Limits = { visitCents: number; dayCents: number }

/** What a step has done to the book. */
export type Written = {
  standing: PaidStanding
  /** What is to be counted of it; nothing where it was written before. */
  counts?: 'intent' | 'over-budget' | 'placed' | 'paid' | 'free' | 'orphaned'
  /** What is charged, in cents, where that became known just now. */
  cents?: number
}

export type OrderBook = {
  /** Sets the money aside and lets this asker ask, once. */
  intend(line: OrderLine, cents: number, limits: Limits): Promise<Written>
  /** Writes what has become of it. */
  note(line: OrderLine, step: Exclude<PaidStep, { is: 'intent' }>): Promise<Written>
  clear(visitId: VisitId): Promise<void>
}

/** Longer than any visit may still be rendered: tasks are forgotten by their service after a day. In seconds. */
const KEPT_S = 7 * 86_400
const DAY_KEPT_S = 40 * 86_400

/**
 * KEYS: the visit's book, the day's spending. ARGV: line, nonce, cents, limits of visit and day, day, lifetimes. A line's states:
 * `intent`, `placed` (its task is known), `paid`, `free` (nothing was charged: it may be asked for anew), `orphaned`.
 */
const INTEND = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then
  local line = cjson.decode(known)
  if line.state == 'placed' or line.state == 'paid' then return {'placed', line.taskId} end
  if line.state == 'orphaned' then return {'orphaned', 'known'} end
  if line.state == 'intent' then
    if line.nonce == ARGV[2] then return {'go', 'known'} end
    line.state = 'orphaned'
    redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(line))
    return {'orphaned', 'new'}
  end
end
local cents = tonumber(ARGV[3])
local visit = tonumber(redis.call('HGET', KEYS[1], 'spent') or '0')
local day = tonumber(redis.call('GET', KEYS[2]) or '0')
if visit + cents > tonumber(ARGV[4]) or day + cents > tonumber(ARGV[5]) then return {'over-budget'} end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({ state = 'intent', nonce = ARGV[2], cents = cents, day = ARGV[6] }))
redis.call('HINCRBY', KEYS[1], 'spent', cents)
redis.call('EXPIRE', KEYS[1], ARGV[7])
redis.call('INCRBY', KEYS[2], cents)
redis.call('EXPIRE', KEYS[2], ARGV[8])
return {'go', 'new'}`

/** KEYS as above, the day being the line's own. ARGV: line, nonce, step, task id or cents. Answers whether it was written just now. */
const NOTE = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known then return 0 end
local line = cjson.decode(known)
local step = ARGV[3]
local open = line.state == 'intent' and line.nonce == ARGV[2]
local spend = line.cents
if step == 'placed' and open then
  line.state = 'placed'
  line.taskId = ARGV[4]
elseif step == 'unknown' and open then
  line.state = 'orphaned'
elseif step == 'paid' and line.state == 'placed' then
  line.state = 'paid'
  spend = tonumber(ARGV[4])
elseif step == 'free' and (open or line.state == 'placed') then
  line.state = 'free'
  spend = 0
else
  return 0
end
if spend ~= line.cents then
  redis.call('HINCRBY', KEYS[1], 'spent', spend - line.cents)
  redis.call('INCRBY', KEYS[2], spend - line.cents)
  line.cents = spend
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(line))
return 1`

const Day = z.object({ day: z.string() })
const NOTED: PaidStanding = { is: 'noted' }

/** Another take is another clip: what was drawn from the one before is of no use to it. */
const lineName = ({ clipSha256, shot, attempt }: OrderLine): string =>
  createHash('sha256').update(`${clipSha256}/${shot}/${attempt}`).digest('hex').slice(0, 32)

/** @param now milliseconds since the epoch: by it days begin and end */
export const createOrderBook = (options: { redis: Redis; eventId: EventId; now: () => number }): OrderBook => {
  const { redis, eventId, now } = options
  const bookOf = (visitId: VisitId) => eventKey(eventId, 'orders', visitId)
  const spentOn = (day: string) => eventKey(eventId, 'spent', day)

  return {
    intend: async (line, cents, { visitCents, dayCents }) => {
      const day = new Date(now()).toISOString().slice(0, 10)
      const limits = [visitCents, dayCents].map(String)
      const [found, more] = (await redis.call((client) =>
        client.eval(INTEND, {
          keys: [bookOf(line.visitId), spentOn(day)],
          arguments: [lineName(line), line.nonce, String(cents), ...limits, day, String(KEPT_S), String(DAY_KEPT_S)],
        }),
      )) as [string, string | undefined]
      if (found === 'placed') return { standing: { is: 'placed', taskId: String(more) } }
      if (found === 'go') return { standing: { is: 'go' }, ...(more === 'new' && { counts: 'intent' }) }
      if (found === 'orphaned')
        return { standing: { is: 'refused', reason: 'orphaned' }, ...(more === 'new' && { counts: 'orphaned' }) }
      return { standing: { is: 'refused', reason: 'over-budget' }, counts: 'over-budget' }
    },
    note: async (line, step) => {
      const key = bookOf(line.visitId)
      const known = await redis.call((client) => client.hGet(key, lineName(line)))
      if (!known) return { standing: NOTED }
      const { day } = Day.parse(JSON.parse(known))
      const about = step.is === 'placed' ? step.taskId : step.is === 'paid' ? String(step.cents) : ''
      const written = await redis.call((client) =>
        client.eval(NOTE, { keys: [key, spentOn(day)], arguments: [lineName(line), line.nonce, step.is, about] }),
      )
      if (written !== 1) return { standing: NOTED }
      const counts = step.is === 'unknown' ? 'orphaned' : step.is
      return { standing: NOTED, counts, ...(step.is === 'paid' && { cents: step.cents }) }
    },
    clear: async (visitId) => {
      await redis.call((client) => client.del(bookOf(visitId)))
    },
  }
}
