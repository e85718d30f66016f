/**
 * Signed addresses of the media store: HMAC-SHA256 over method, object and expiry, and for a PUT over length, hash and
 * type of what may be written. Whoever holds one may do that one thing until it expires. Rule A7.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Sha256 } from '@fanreel/protocol'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { objectKey } from '../media/object-key.ts'
import type { UrlSigner } from './contract.ts'
import { deriveKey } from './event-keys.ts'

type Put = { bytes: number; sha256: string; mime: string }

/** What a signed address permits, once its signature was found good. */
export type Grant = { method: 'GET'; key: string } | ({ method: 'PUT'; key: string } & Put)

/** Makes signed addresses and checks them. */
export type UrlSignerAndChecker = UrlSigner & {
  /** The grant that `query` proves for this method and key; undefined where it proves none. HEAD goes by a GET's grant. */
  check(method: string, key: string, query: unknown): Grant | undefined
}

const integer = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
const SignedQuery = z.object({
  expires: integer,
  signature: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  bytes: integer.optional(),
  sha256: Sha256.optional(),
  mime: z.string().max(60).optional(),
})

/** @param options `eventKey` is 64 hex digits */
export const createUrlSigner = (options: { eventKey: string; clock: Clock }): UrlSignerAndChecker => {
  const secret = deriveKey(options.eventKey, 'sign-urls')
  const signatureOf = (method: string, key: string, expires: number, put: Put | undefined): Buffer =>
    createHmac('sha256', secret)
      .update(JSON.stringify([method, key, expires, put ? [put.bytes, put.sha256, put.mime] : null]))
      .digest()

  return {
    sign({ method, key, expiresAt, put }) {
      const expires = Math.floor(expiresAt)
      const signature = signatureOf(method, objectKey(key), expires, put).toString('base64url')
      const query = new URLSearchParams({ expires: String(expires), signature })
      if (put) {
        query.set('bytes', String(put.bytes))
        query.set('sha256', put.sha256)
        query.set('mime', put.mime)
      }
      return `/media/${key}?${query}`
    },
    check(method, key, query) {
      const signed = SignedQuery.safeParse(query)
      if (!signed.success || signed.data.expires <= options.clock.now()) return undefined
      const { bytes, sha256, mime, expires, signature } = signed.data
      const proves = (asked: string, put?: Put) =>
        timingSafeEqual(Buffer.from(signature, 'base64url'), signatureOf(asked, key, expires, put))
      if (method === 'PUT') {
        if (bytes === undefined || sha256 === undefined || mime === undefined) return undefined
        const put = { bytes, sha256, mime }
        return proves('PUT', put) ? { method: 'PUT', key, ...put } : undefined
      }
      if (method !== 'GET' && method !== 'HEAD') return undefined
      return proves('GET') ? { method: 'GET', key } : undefined
    },
  }
}
