/** One line for each answered request, by its route's pattern: an address may hold a pickup token or a signature. */
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Metrics } from './metrics.ts'

export const registerRequestLog = (app: FastifyInstance, log: Logger, metrics: Metrics): void => {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const { method } = request
    metrics.requests.inc({ route, method, status: reply.statusCode })
    metrics.requestSeconds.observe({ route }, reply.elapsedTime / 1_000)
    const line = { route, method, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }
    if (request.routeOptions.logLevel === 'silent') log.debug(line, 'request answered')
    else log.info(line, 'request answered')
    done()
  })
}
