/** Text in gzip for whoever reads it: on a crowded line a page is there by two round trips less. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PickupAsset } from '../pickup/assets.ts'

const pack = promisify(gzip)

const readsGzip = (request: FastifyRequest): boolean =>
  /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(String(request.headers['accept-encoding'] ?? ''))

/** Sends one of the page's own files. */
export const sendAsset = (request: FastifyRequest, reply: FastifyReply, { bytes, packed, mime }: PickupAsset): FastifyReply => {
  reply.type(mime)
  if (packed === undefined) return reply.send(bytes)
  reply.header('vary', 'Accept-Encoding')
  return readsGzip(request) ? reply.header('content-encoding', 'gzip').send(packed) : reply.send(bytes)
}

/**
 * Sends a page. It holds a token and nothing that a stranger could choose, so that its packed length gives nothing away.
 */
export const sendPacked = async (request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> =>
  readsGzip(request) ? reply.header('content-encoding', 'gzip').send(await pack(text)) : reply.send(text)
