/**
 * `/code`: where a short code is typed. Looking changes nothing; a code travels in the body of a form alone, never in an
 * address, where logs and histories would keep it. Rule A15.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { Sealer } from '../access/contract.ts'
import type { ShortCodes } from '../access/short-codes.ts'
import { AppError } from '../errors.ts'
import { codeStage } from '../pickup/code-stage.ts'
import { type PickupDesk, pickupPath } from '../pickup/pickup-desk.ts'
import { stageOf } from '../pickup/stage.ts'
import { networkOf } from '../sockets/address.ts'
import type { Visits } from '../visits/visits.ts'
import { type PickupPages, queryOf, speakOf } from './pickup-pages.ts'

const MAX_BODY_BYTES = 1_024
const PATH = '/code'

export const registerCodeRoutes = (
  app: FastifyInstance,
  options: {
    codes: Pick<ShortCodes, 'find'>
    visits: Pick<Visits, 'get'>
    sealer: Pick<Sealer, 'open'>
    desk: Pick<PickupDesk, 'anyBackdrop'>
    pages: PickupPages
  },
): void => {
  const { codes, visits, sealer, desk, pages } = options

  const factsOf = async (request: FastifyRequest) => {
    const backdrop = await desk.anyBackdrop()
    return { language: speakOf(request)(), path: PATH, query: queryOf(request), ...(backdrop !== undefined && { backdrop }) }
  }
  const send = async (request: FastifyRequest, reply: FastifyReply, fault?: 'wrong' | 'too-many') => {
    const facts = await factsOf(request)
    return pages.sendStage(request, reply, facts, codeStage(facts.language, facts.query, fault))
  }
  /** Where the code leads; a visit that is over has no token any more, and its code is like a wrong one. */
  const leadsTo = async (typed: string, network: string) => {
    const found = await codes.find(typed, network)
    if (found === 'wrong' || found === 'too-many') return found
    const visit = await visits.get(found)
    if (visit?.sealedToken === undefined) return 'wrong'
    return { path: pickupPath(sealer.open(visit.sealedToken, `${visit.visitId}:token`)) }
  }

  const plugin: FastifyPluginCallback = (routes, _options, done) => {
    routes.removeContentTypeParser('application/x-www-form-urlencoded')
    routes.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, new URLSearchParams(String(body)).get('code') ?? ''),
    )
    routes.get(PATH, (request, reply) => send(request, reply))
    routes.post(PATH, { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      try {
        const answer = await leadsTo(typeof request.body === 'string' ? request.body : '', networkOf(request.ip))
        if (answer === 'too-many') return await send(request, reply.code(429).header('retry-after', '60'), answer)
        if (answer === 'wrong') return await send(request, reply.code(404), answer)
        return reply
          .code(303)
          .header('cache-control', 'no-store')
          .header('location', answer.path + queryOf(request))
          .send()
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'unavailable') throw error
        const facts = await factsOf(request)
        const away = { ...stageOf({ ...facts, kind: 'unavailable' }), live: false }
        return pages.sendStage(request, reply.code(503).header('retry-after', '5'), facts, away)
      }
    })
    done()
  }
  app.register(plugin)
}
