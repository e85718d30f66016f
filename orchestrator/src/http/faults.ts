/** What a fault looks like over HTTP: its code and the status that fits, never its message. */
import type { Socket } from 'node:net'
import type { Code } from '@fanreel/protocol'
import { refuse } from '@fanreel/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { AppError } from '../errors.ts'
import { strangerHeaders } from './headers.ts'
import type { PickupPages } from './pickup-pages.ts'

const STATUS: Partial<Record<Code, number>> = {
  'bad-message': 400,
  'length-mismatch': 400,
  unauthorised: 403,
  'consent-missing': 403,
  'object-unknown': 404,
  'pack-unknown': 404,
  'visit-unknown': 404,
  'visit-state': 409,
  'render-cancelled': 410,
  'hash-mismatch': 422,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
  overloaded: 503,
  draining: 503,
  'disk-full': 507,
}

/** Faults of the framework itself carry a status; below 500 they are the client's. */
const codeOf = (error: unknown): Code => {
  if (error instanceof AppError) return error.code
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (status === 429) return 'rate-limited'
  return typeof status === 'number' && status < 500 ? 'bad-message' : 'internal'
}

export const registerFaults = (app: FastifyInstance, log: Logger): void => {
  app.setErrorHandler((error, request, reply) => {
    const code = codeOf(error)
    const status = STATUS[code] ?? 400
    if (status >= 500) log.error({ err: error, code, route: request.routeOptions.url }, 'request failed')
    return reply.code(status).header('cache-control', 'no-store').type('application/json').send(refuse(code))
  })
}

const UNREADABLE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  ...strangerHeaders,
}

/**
 * Answers what is no HTTP, or too much of it, before there is a request: by code, as everything is (A4, A9). The connection ends.
 */
export const answerNoRequest = (error: { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (socket.writable) {
    const body = JSON.stringify(refuse('bad-message'))
    const headers = {
      ...UNREADABLE_HEADERS,
      'content-type': 'application/json',
      'content-length': body.length,
      connection: 'close',
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`HTTP/1.1 400 Bad Request\r\n${lines.join('')}\r\n${body}`)
  }
  socket.destroySoon()
}

/**
 * Answers an address that cannot even be read (`/v/%E0`). It comes before every hook, so it brings its own headers (A9):
 * a person gets the page for addresses that lead nowhere, a program a code.
 */
export const answerUnreadable = async (
  request: FastifyRequest,
  reply: FastifyReply,
  pages: PickupPages | undefined,
): Promise<void> => {
  reply.code(400).headers(UNREADABLE_HEADERS)
  if (!pages || !request.headers.accept?.includes('text/html')) {
    reply.type('application/json').send(refuse('bad-message'))
    return
  }
  await pages.sendWrongTurn(request, reply)
}
