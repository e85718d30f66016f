/**
 * AWS Signature Version 4 for S3, by headers and as presigned addresses. Pure and synchronous: a signature is four HMACs.
 * The scheme and its examples: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
import { createHash, createHmac } from 'node:crypto'

export type S3Identity = { region: string; accessKeyId: string; secretAccessKey: string; sessionToken?: string }

export type Signable = {
  method: string
  /** Without a signature; its query belongs to what is signed. */
  url: URL
  /** Names in small letters. Each is signed, so whoever sends the request must send the very same. */
  headers?: Readonly<Record<string, string>>
  /** SHA-256 of the body in hex, or `UNSIGNED`. */
  payload: string
}

/** Says that the signature holds for any body. */
export const UNSIGNED = 'UNSIGNED-PAYLOAD'
/** SHA-256 of no body. */
export const EMPTY = createHash('sha256').digest('hex')
const ALGORITHM = 'AWS4-HMAC-SHA256'
/** The longest that S3 lets an address live, in seconds: a week. */
const MAX_LIFE_SECONDS = 604_800

/** As RFC 3986 has it: `encodeURIComponent` leaves five characters alone that S3 does not. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** `20130524T000000Z` */
const stampOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+|[-:]/g, '')

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')

const allHeaders = ({ url, headers }: Signable): [string, string][] =>
  [...Object.entries({ ...headers, host: url.host })].sort(([a], [b]) => (a < b ? -1 : 1))

const scopeOf = (identity: S3Identity, stamp: string): string => `${stamp.slice(0, 8)}/${identity.region}/s3/aws4_request`

const signatureOf = (identity: S3Identity, request: Signable, stamp: string): string => {
  const headers = allHeaders(request)
  const canonical = [
    request.method,
    decodeURI(request.url.pathname).split('/').map(encode).join('/'),
    canonicalQuery(request.url.searchParams),
    ...headers.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    headers.map(([name]) => name).join(';'),
    request.payload,
  ].join('\n')
  const scope = scopeOf(identity, stamp)
  const text = [ALGORITHM, stamp, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${identity.secretAccessKey}`)
  return hmac(key, text).toString('hex')
}

/**
 * The headers that a request is sent with, its signature among them.
 * @param at the server's time, in milliseconds since the epoch
 */
export const signHeaders = (identity: S3Identity, request: Signable, at: number): Record<string, string> => {
  const stamp = stampOf(at)
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-content-sha256': request.payload,
    'x-amz-date': stamp,
    ...(identity.sessionToken !== undefined && { 'x-amz-security-token': identity.sessionToken }),
  }
  const signed = { ...request, headers }
  const names = allHeaders(signed).map(([name]) => name)
  const credential = `${identity.accessKeyId}/${scopeOf(identity, stamp)}`
  const signature = signatureOf(identity, signed, stamp)
  return {
    ...headers,
    authorization: `${ALGORITHM} Credential=${credential},SignedHeaders=${names.join(';')},Signature=${signature}`,
  }
}

/**
 * An address that is good for this one request until it expires. A body that was named by its hash is held to it by every
 * server that looks for `X-Amz-Content-Sha256` in the query.
 * @param at the server's time, and `lifeMs` how long the address lives from then on, in milliseconds
 */
export const presign = (identity: S3Identity, request: Signable, at: number, lifeMs: number): string => {
  const stamp = stampOf(at)
  const url = new URL(request.url)
  const seconds = Math.min(MAX_LIFE_SECONDS, Math.max(1, Math.ceil(lifeMs / 1000)))
  const query: Record<string, string> = {
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${identity.accessKeyId}/${scopeOf(identity, stamp)}`,
    'X-Amz-Date': stamp,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': allHeaders(request)
      .map(([name]) => name)
      .join(';'),
    ...(request.payload !== UNSIGNED && { 'X-Amz-Content-Sha256': request.payload }),
    ...(identity.sessionToken !== undefined && { 'X-Amz-Security-Token': identity.sessionToken }),
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const signature = signatureOf(identity, { ...request, url }, stamp)
  url.search = `${canonicalQuery(url.searchParams)}&X-Amz-Signature=${signature}`
  return url.href
}
