/** For those who watch over the orchestrator: is it alive, can it take work, what does it count (A14). */
import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { Metrics } from './metrics.ts'

const PRIVATE = /^(?:::ffff:)?(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|^::1$|^f[cd]/i

/** Whether the request comes from the venue's own machines and through no proxy. */
const isFromInside = (request: FastifyRequest): boolean => {
  const address = request.socket.remoteAddress ?? ''
  return request.headers['x-forwarded-for'] === undefined && isIP(address) !== 0 && PRIVATE.test(address)
}

/** @param options `readiness` resolves when Redis and the media store answer, and throws AppError otherwise */
export const registerHealthRoutes = (
  app: FastifyInstance,
  options: { metrics: Metrics; readiness: () => Promise<void> },
): void => {
  const { metrics, readiness } = options
  app.get('/health', { logLevel: 'silent' }, () => ({ ok: true }))
  app.get('/ready', { logLevel: 'silent' }, async (_request, reply) => {
    try {
      await readiness()
      return { ok: true }
    } catch (error) {
      return reply.code(503).send({ ok: false, code: error instanceof AppError ? error.code : 'unavailable' })
    }
  })
  app.get('/metrics', { logLevel: 'silent' }, async (request, reply) => {
    if (!isFromInside(request)) throw new AppError('object-unknown')
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}
