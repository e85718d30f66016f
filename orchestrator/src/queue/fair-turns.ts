/**
 * Whose render is next: start-time fair queueing by BullMQ's own priorities. Each kiosk has a line of its own; the first render
 * in a line has the turn that is being served, each behind it one turn later. So a kiosk that comes back with fifty clips takes
 * every second place where one other waits, and not the next fifty (Q9).
 *
 * Goyal, Vin and Cheng, "Start-time fair queueing" (SIGCOMM 1996): start tag = max(virtual time, the line's last finish tag),
 * every render of length one. The virtual time is the tag at the head of the queue; where nothing waits, the finish tag of the last that was given.
 */
import type { EventId, KioskId, RenderTier } from '@fanreel/protocol'
import { eventKey } from './keys.ts'

/** The largest priority that BullMQ takes; an event that has given so many turns serves by age alone. */
const LAST_TURN = 2_097_151
/** BullMQ's score of a prioritized job is its priority times this, plus a counter. */
const SCORE_OF_TURN = 0x1_0000_0000

/** KEYS: BullMQ's prioritized jobs, turns, the job where it is queued already. ARGV: the line, or nothing for who goes next; last turn; score of a turn. */
export const GIVE_TURN = `
local head = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local known = redis.call('HMGET', KEYS[2], 'now', 'last', ARGV[1])
local last, most = tonumber(known[2]) or 0, tonumber(ARGV[2])
local now = math.max(tonumber(known[1]) or 1, head[2] and math.floor(head[2] / ARGV[3]) or last + 1)
redis.call('HSET', KEYS[2], 'now', now)
if ARGV[1] == '' or redis.call('EXISTS', KEYS[3]) == 1 then return math.min(now, most) end
local turn = math.min(math.max(now, tonumber(known[3]) or 1), most)
redis.call('HSET', KEYS[2], ARGV[1], turn + 1, 'last', math.max(last, turn))
return turn`

/** What `GIVE_TURN` is called with; `prioritized` and `job` are BullMQ's own keys. */
export const turnArguments = (of: {
  eventId: EventId
  tier: RenderTier
  prioritized: string
  job: string
  kioskId: KioskId | undefined
}) => ({
  keys: [of.prioritized, eventKey(of.eventId, 'turns', of.tier), of.job],
  arguments: [of.kioskId === undefined ? '' : `kiosk:${of.kioskId}`, String(LAST_TURN), String(SCORE_OF_TURN)],
})
