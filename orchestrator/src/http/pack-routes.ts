/** `/api/packs/:hash`: the signed manifest of a world, for nodes and kiosks. Public and immutable, as the world itself is. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Packs } from '../packs/packs.ts'

const Params = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/) })

export const registerPackRoutes = (app: FastifyInstance, packs: Packs): void => {
  app.get('/api/packs/:hash', async (request, reply) => {
    const params = Params.safeParse(request.params)
    const signed = params.success ? await packs.signed(params.data.hash) : undefined
    if (!signed) throw new AppError('pack-unknown')
    return reply.header('cache-control', 'public, max-age=31536000, immutable').send(signed)
  })
}
