/** The agent's line to the orchestrator: brings a report, and measures the network and the clock on the way. */
import { type KioskHealth, KioskHealthAnswer } from '@fanreel/protocol'

/** `refused`: the orchestrator is there and does not take this kiosk's token. `away`: nobody answers. */
export type Sent =
  | { ok: true; skewMs: number; roundTripMs: number; pickupBase?: string }
  | { ok: false; why: 'refused' | 'away'; detail: string }

const ANSWER_MS = 8_000

export type Line = { send(health: KioskHealth): Promise<Sent> }

/** @param options `clock` in milliseconds since the epoch */
export const openLine = (options: { url: string; kioskId: string; token: string; clock?: () => number }): Line => {
  const { url, kioskId, token, clock = Date.now } = options
  const address = new URL(`/api/kiosks/${kioskId}/health`, url)
  return {
    async send(health) {
      const sentAt = clock()
      try {
        const answer = await fetch(address, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify(health),
          signal: AbortSignal.timeout(ANSWER_MS),
        })
        const heardAt = clock()
        if (answer.status === 401 || answer.status === 403)
          return { ok: false, why: 'refused', detail: 'it does not know this token' }
        const said = KioskHealthAnswer.safeParse(await answer.json())
        if (!said.success) return { ok: false, why: 'away', detail: `it answers ${answer.status}` }
        const roundTripMs = Math.max(0, heardAt - sentAt)
        // The answer was written about halfway (Cristian's algorithm): off by half the round trip at most.
        const { serverTime, pickupBase } = said.data
        const skewMs = Math.round(sentAt + roundTripMs / 2 - serverTime)
        return { ok: true, roundTripMs, skewMs, ...(pickupBase !== undefined && { pickupBase }) }
      } catch (error) {
        const cause = error instanceof Error ? (error.cause ?? error) : error
        return { ok: false, why: 'away', detail: cause instanceof Error ? cause.message || cause.name : 'no answer' }
      }
    },
  }
}
