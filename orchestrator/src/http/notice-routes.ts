/** `/v/<token>/tell`: a phone asks to be told what becomes of its film. Rule P18. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { Notices } from '../notices/notices.ts'
import { PushSubscription } from '../notices/push-services.ts'
import { permitsPickup } from '../privacy/consent.ts'
import type { Visit } from '../visits/visit.ts'
import { speakOf } from './pickup-pages.ts'

const MAX_BODY_BYTES = 4_096

export const registerNoticeRoutes = (
  app: FastifyInstance,
  options: {
    notices: Pick<Notices, 'ask'>
    /** @throws AppError `visit-unknown` */
    visitOf: (request: FastifyRequest) => Promise<Visit>
  },
): void => {
  const { notices, visitOf } = options
  app.post('/v/:token/tell', { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
    const subscription = PushSubscription.safeParse(request.body)
    if (!subscription.success) throw new AppError('bad-message')
    const visit = await visitOf(request)
    if (!permitsPickup(visit)) throw new AppError('consent-missing')
    // A visit that is over has no token any more, and nothing to tell.
    if (visit.sealedToken === undefined) throw new AppError('visit-state')
    const refused = await notices.ask(visit, subscription.data, speakOf(request)(visit.language))
    if (refused) throw new AppError(refused.code)
    return reply.code(204).send()
  })
}
