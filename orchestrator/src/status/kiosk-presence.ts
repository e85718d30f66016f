/** Which kiosks there are, as every instance sees them: each notes its own in Redis, and a silent row grows old (V7). */
import { type EventId, KioskClosure, type KioskId, KioskRow } from '@fanreel/protocol'
import type { Clock } from '../clock.ts'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

export type KioskPresence = {
  /** Every kiosk seen within the last week; those not heard of lately are offline, whoever should have said so. */
  list(): Promise<KioskRow[]>
  /**
   * The kiosk has said hello, or is still there. `holding`: clips that wait on it; `joinedAt`: when its connection was greeted first. Of
   * two instances that think they have it, the one that greeted it last is right.
   */
  seen(kiosk: Pick<KioskRow, 'kioskId' | 'version' | 'holding' | 'trouble'> & { joinedAt: number }): Promise<void>
  /** The kiosk is away. One that signed off in good order, holding no clip, is missed by nobody: its row goes. */
  gone(kiosk: { kioskId: KioskId; joinedAt: number }, signedOff: boolean): Promise<void>
  onChange(listener: () => void): () => void
  /** Closes a kiosk for new visitors, or opens it again (V9). */
  close(kioskId: KioskId, closed: KioskClosure | undefined): Promise<void>
  closureOf(kioskId: KioskId): Promise<KioskClosure | undefined>
  /** Hears which kiosk was closed or opened, by whichever instance. */
  onClosure(listener: (kioskId: KioskId) => void): () => void
}

/** How often a connected kiosk is noted as still there, in milliseconds. */
export const PRESENCE_MS = 20_000
/** A row older than this is of a kiosk whose orchestrator has gone without a word. */
const STALE_MS = 3 * PRESENCE_MS
const FORGOTTEN_MS = 7 * 86_400_000

/** KEYS: rows. ARGV: kiosk, when its connection was greeted, channel, row; without one the row goes. */
const NOTE = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and (cjson.decode(known).joinedAt or 0) > tonumber(ARGV[2]) then return end
if ARGV[4] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[4]) end
redis.call('PUBLISH', ARGV[3], ARGV[1])`

export const createKioskPresence = (options: { redis: Redis; eventId: EventId; clock: Clock }): KioskPresence => {
  const { redis, eventId, clock } = options
  const key = eventKey(eventId, 'kiosks')
  const channel = eventKey(eventId, 'kiosks', 'changed')
  /** Kept apart from the rows: a closed kiosk stays closed while its row goes. */
  const closuresKey = eventKey(eventId, 'kiosks', 'closed')
  const closureChannel = eventKey(eventId, 'kiosks', 'closures')
  const write = async ({ kioskId, joinedAt }: { kioskId: KioskId; joinedAt: number }, row: KioskRow | undefined) => {
    const json = row ? JSON.stringify({ ...row, joinedAt }) : ''
    await redis.call((client) => client.eval(NOTE, { keys: [key], arguments: [kioskId, String(joinedAt), channel, json] }))
  }
  const parse = (json: string) => KioskRow.safeParse(JSON.parse(json)).data
  return {
    list: async () => {
      const [rows, closures] = await redis.call((client) => Promise.all([client.hGetAll(key), client.hGetAll(closuresKey)]))
      return Object.values(rows)
        .flatMap((json) => parse(json) ?? [])
        .filter((row) => clock.now() - row.lastSeenAt < FORGOTTEN_MS)
        .map((row) => {
          const closed = KioskClosure.safeParse(closures[row.kioskId]).data
          return { ...row, online: row.online && clock.now() - row.lastSeenAt <= STALE_MS, ...(closed && { closed }) }
        })
        .sort((a, b) => (a.kioskId < b.kioskId ? -1 : 1))
    },
    seen: (kiosk) => write(kiosk, { ...kiosk, online: true, lastSeenAt: clock.now() }),
    gone: async (kiosk, signedOff) => {
      const json = await redis.call((client) => client.hGet(key, kiosk.kioskId))
      const row = json === null ? undefined : parse(json)
      if (!row) return
      const isMissed = !signedOff || row.holding > 0
      await write(kiosk, isMissed ? { ...row, online: false, lastSeenAt: clock.now() } : undefined)
    },
    onChange: (listener) => redis.subscribe(channel, listener),
    close: async (kioskId, closed) => {
      await redis.call((client) => {
        const step = client.multi()
        if (closed) step.hSet(closuresKey, kioskId, closed)
        else step.hDel(closuresKey, kioskId)
        return step.publish(closureChannel, kioskId).publish(channel, kioskId).exec()
      })
    },
    closureOf: async (kioskId) => KioskClosure.safeParse(await redis.call((client) => client.hGet(closuresKey, kioskId))).data,
    onClosure: (listener) => redis.subscribe(closureChannel, listener),
  }
}
