/**
 * Every security header and content policy of the front door, in one place. Pages of ours run our own module and nothing
 * else; the kiosk UI gets what Next.js needs (the protocol has its policy, for kiosk boxes too); nobody may frame either, and nothing comes from a third party. Rule A9.
 */

import { uiPolicy } from '@fanreel/protocol'
import helmet from '@fastify/helmet'
import type { FastifyInstance, FastifyRequest } from 'fastify'

const SELF = "'self'"
const NONE = "'none'"

/** The pickup page: our one module, the style sheet in its head by its hash, our own media. */
const PAGE_POLICY = {
  'default-src': [NONE],
  'script-src': [SELF],
  'font-src': [SELF],
  'img-src': [SELF, 'data:'],
  'media-src': [SELF, 'blob:'],
  'connect-src': [SELF],
  'frame-ancestors': [NONE],
  'base-uri': [NONE],
  'form-action': [SELF],
} as const

/** The policy of our own pages, as a header. @param styleSha256 hash of the style sheet in their head, in base64 */
export const pagePolicy = (styleSha256: string): string =>
  Object.entries({ ...PAGE_POLICY, 'style-src': [`'sha256-${styleSha256}'`] })
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ')
/** What keeps strangers out, for an answer that no hook has seen. */
export const strangerHeaders = {
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/** Pages that never film. */
const OURS = /^\/(v|code)([/?]|$)/
/** Paths that a kiosk page of another origin may read. */
const isShared = (request: FastifyRequest): boolean => request.url.startsWith('/api/') || request.url.startsWith('/media/')

/**
 * @param options `secure`: visitors reach us by https, so browsers may be told to insist on it;
 *   `kioskOrigins`: origins of kiosk pages that are served elsewhere
 */
export const registerHeaders = async (
  app: FastifyInstance,
  options: { secure: boolean; kioskOrigins: readonly string[] },
): Promise<void> => {
  const { secure, kioskOrigins } = options
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: uiPolicy([]) },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginOpenerPolicy: secure,
    originAgentCluster: secure,
    // Kiosk pages of other origins show previews and packs.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    strictTransportSecurity: secure && { maxAge: 31_536_000 },
    xFrameOptions: { action: 'deny' },
  })
  app.addHook('onRequest', (request, reply, next) => {
    const camera = OURS.test(request.url) ? '()' : '(self)'
    reply.header('permissions-policy', `camera=${camera}, microphone=${camera}, geolocation=(), payment=()`)
    if (!isShared(request)) return next()
    reply.header('vary', 'Origin')
    const origin = request.headers.origin
    if (origin === undefined || !kioskOrigins.includes(origin)) return next()
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-expose-headers', 'content-range, accept-ranges, etag')
    if (request.method !== 'OPTIONS') return next()
    reply.header('access-control-allow-methods', 'GET, HEAD, PUT').header('access-control-allow-headers', 'range, content-type')
    reply.header('access-control-max-age', '600').code(204).send()
  })
}
