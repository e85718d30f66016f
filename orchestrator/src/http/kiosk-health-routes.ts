/** `/api/kiosks/<kioskId>/health`: the report of a kiosk's agent, with the kiosk's own token. Rule V10. */
import { type EventId, KioskHealth, KioskId } from '@fanreel/protocol'
import type { FastifyInstance } from 'fastify'
import type { PeerTokens } from '../access/contract.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { KioskHealths } from '../status/kiosk-health.ts'

const MAX_BODY_BYTES = 4_096
/** Reports of one address a minute: a venue's kiosks may share one. */
const MAX_A_MINUTE = 1_000

export const registerKioskHealthRoutes = (
  app: FastifyInstance,
  options: {
    eventId: EventId
    tokens: Pick<PeerTokens, 'check'>
    healths: Pick<KioskHealths, 'note'>
    clock: Clock
    /** What visitors' phones reach, without a closing slash. */
    publicUrl: string
  },
): void => {
  const { eventId, tokens, healths, clock, publicUrl } = options
  const config = { rateLimit: { max: MAX_A_MINUTE, timeWindow: 60_000 } }
  app.post('/api/kiosks/:kioskId/health', { bodyLimit: MAX_BODY_BYTES, config }, async (request, reply) => {
    const kioskId = KioskId.safeParse((request.params as { kioskId: string }).kioskId)
    const token = /^Bearer (\S{20,200})$/.exec(request.headers.authorization ?? '')?.[1]
    if (!kioskId.success || token === undefined) throw new AppError('unauthorised')
    if (!(await tokens.check(eventId, 'kiosk', kioskId.data, token))) throw new AppError('unauthorised')
    const health = KioskHealth.safeParse(request.body)
    if (!health.success) throw new AppError('bad-message')
    await healths.note(kioskId.data, health.data)
    return reply.header('cache-control', 'no-store').send({ ok: true, serverTime: clock.now(), pickupBase: `${publicUrl}/v/` })
  })
}
