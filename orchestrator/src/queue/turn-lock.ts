/**
 * A turn that one of all instances takes once an interval (Q10). Its key in Redis is the one timer for all: it holds whoever is at it, renewed
 * meanwhile, and when it is done it stays until the next is due. Where its holder is gone it passes by itself.
 */
import { randomUUID } from 'node:crypto'
import type { EventId } from '@fanreel/protocol'
import { eventKey } from './keys.ts'
import type { Redis } from './redis.ts'

/** KEYS: turn. ARGV: holder, ms that it is held. Answers -1 where it is taken now, else for how long it is another's or not due, in ms. */
const TAKE = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return -1 end
return math.max(redis.call('PTTL', KEYS[1]), 0)`
/** KEYS: turn. ARGV: holder, ms. */
const HOLD = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`
const REST = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2]) end return 0`
const LET_GO = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

export type Turn = {
  redis: Pick<Redis, 'call'>
  eventId: EventId
  name: string
  /** From the end of one to the next, in milliseconds. */
  everyMs: number
  /** How long it is held for one whose holder is not heard of, in milliseconds. */
  heldMs: number
  /** A renewal did not reach Redis: another may begin where that goes on. */
  onSlip: (error: unknown) => void
}

/**
 * Does `work` where it is due and nobody is at it. Answers in how many milliseconds to look again.
 * Where it throws, it is due again at once, for whoever looks first.
 */
export const takeTurn = async (turn: Turn, work: () => Promise<unknown>): Promise<number> => {
  const { redis, eventId, name, everyMs, heldMs, onSlip } = turn
  const holder = randomUUID()
  const run = (script: string, ms: number) =>
    redis.call((client) =>
      client.eval(script, { keys: [eventKey(eventId, 'turn', name)], arguments: [holder, String(Math.ceil(ms))] }),
    )
  const leftMs = Number(await run(TAKE, heldMs))
  if (leftMs >= 0) return Math.min(leftMs + 1, everyMs)
  const renewal = setInterval(() => void run(HOLD, heldMs).catch(onSlip), heldMs / 3)
  let after = LET_GO
  try {
    await work()
    after = REST
  } finally {
    clearInterval(renewal)
    await run(after, everyMs)
  }
  return everyMs
}
