/** Sends an object of the media store: GET and HEAD, whole, in part (206), refused (416) or not at all (304). Rule P6. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import { parseRange } from './range.ts'

export type SentObject = {
  key: string
  mime: string
  /** The content's hash: the strong validator for `If-None-Match` and `If-Range`. */
  sha256: string
  cacheControl: string
  /** `Content-Disposition`, where it is offered as a download. */
  disposition?: string
}

/** Whether `If-None-Match` names this tag: it may list several, and a proxy may have marked them weak (RFC 9110, section 13.1.2). */
const names = (header: string | undefined, tag: string): boolean =>
  header?.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === tag) ?? false

/** @throws AppError `object-unknown` */
export const sendObject = async (
  media: MediaStore,
  request: FastifyRequest,
  reply: FastifyReply,
  object: SentObject,
): Promise<FastifyReply> => {
  const found = await media.stat(object.key)
  if (!found) throw new AppError('object-unknown')
  const tag = `"${object.sha256}"`
  reply
    .header('accept-ranges', 'bytes')
    .header('etag', tag)
    .header('cache-control', object.cacheControl)
    .header('x-content-type-options', 'nosniff')
    .type(object.mime)
  if (object.disposition !== undefined) reply.header('content-disposition', object.disposition)
  if (names(request.headers['if-none-match'], tag)) return reply.code(304).send()

  const ifRange = request.headers['if-range']
  const asked = ifRange === undefined || ifRange === tag ? request.headers.range : undefined
  const range = request.method === 'GET' ? parseRange(asked, found.bytes) : 'whole'
  if (range === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${found.bytes}`).removeHeader('content-type').send()
  }
  if (range === 'whole') {
    reply.header('content-length', found.bytes)
    return request.method === 'HEAD' ? reply.send() : reply.send(await media.read(object.key))
  }
  reply.code(206).header('content-length', range.end - range.start + 1)
  reply.header('content-range', `bytes ${range.start}-${range.end}/${found.bytes}`)
  return reply.send(await media.read(object.key, range))
}
