/** How kiosk boxes are, by their agents' last reports: kept for a few minutes, for every instance. Rule V10. */
import { type EventId, KioskHealth, type KioskId, type KioskRow } from '@fanreel/protocol'
import type { Clock } from '../clock.ts'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

export type KioskHealths = {
  note(kioskId: KioskId, health: KioskHealth): Promise<void>
  /** Adds to each kiosk what its agent said last, or since when it has said nothing; a kiosk of which only the agent was heard gets a row of its own. */
  addTo(rows: readonly KioskRow[]): Promise<KioskRow[]>
}

/** Agents report every 15 s; what is older than this says nothing about now. */
const STALE_MS = 60_000
/** A box that was silent for longer was put away: after a night nobody need be told. */
const FORGOTTEN_MS = 12 * 3_600_000

export const createKioskHealths = (options: { redis: Pick<Redis, 'call'>; eventId: EventId; clock: Clock }): KioskHealths => {
  const { redis, eventId, clock } = options
  const key = eventKey(eventId, 'kiosks', 'health')
  return {
    note: async (kioskId, health) => {
      await redis.call((client) => client.hSet(key, kioskId, JSON.stringify({ at: clock.now(), health })))
    },
    addTo: async (rows) => {
      const said = await redis.call((client) => client.hGetAll(key))
      const fresh = new Map<KioskId, { at: number; health: KioskHealth }>()
      const silentSince = new Map<KioskId, number>()
      for (const [kioskId, json] of Object.entries(said)) {
        const { at, health } = JSON.parse(json) as { at: number; health: unknown }
        const parsed = KioskHealth.safeParse(health)
        const ageMs = clock.now() - at
        if (ageMs > STALE_MS && ageMs <= FORGOTTEN_MS) silentSince.set(kioskId, at)
        else if (ageMs <= STALE_MS && parsed.success) fresh.set(kioskId, { at, health: parsed.data })
      }
      const known = rows.map((row): KioskRow => {
        const health = fresh.get(row.kioskId)?.health
        const agentSilentSince = silentSince.get(row.kioskId)
        return { ...row, ...(health && { health }), ...(agentSilentSince !== undefined && { agentSilentSince }) }
      })
      const agentsAlone = [...fresh].filter(([kioskId]) => !rows.some((row) => row.kioskId === kioskId))
      return [
        ...known,
        ...agentsAlone.map(([kioskId, { at, health }]) => ({
          kioskId,
          online: false,
          version: health.version,
          lastSeenAt: at,
          holding: 0,
          health,
        })),
      ]
    },
  }
}
