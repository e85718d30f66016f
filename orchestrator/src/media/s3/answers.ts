/** What an S3 server answers: the code of a refusal, one page of a listing. Keys are our own, so they hold nothing that XML would escape. */
import { AppError } from '../../errors.ts'

export type Listed = { key: string; bytes: number; modifiedAt: number }
export type Page = { objects: Listed[]; more: boolean }

/** The text of an element; the first one where there are several. */
const textOf = (xml: string, element: string): string | undefined =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1]?.replaceAll('&quot;', '"').replaceAll('&amp;', '&')

/** The server's own word for what is wrong, e.g. `NoSuchBucket`. */
export const codeIn = (xml: string): string | undefined => textOf(xml, 'Code')

/** Reads a page of a listing. */
export const readPage = (xml: string): Page => ({
  objects: [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].flatMap(([, entry = '']) => {
    const key = textOf(entry, 'Key')
    if (key === undefined) return []
    return { key, bytes: Number(textOf(entry, 'Size')), modifiedAt: Date.parse(textOf(entry, 'LastModified') ?? '') }
  }),
  more: textOf(xml, 'IsTruncated') === 'true',
})

/** Servers' words for: there is no room. `StorageFull` and the quotas are MinIO's and Ceph's. */
const FULL: ReadonlySet<string> = new Set([
  'QuotaExceeded',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
  'StorageFull',
  'InsufficientStorage',
])
/** For: not so fast. */
const BUSY: ReadonlySet<string> = new Set([
  'SlowDown',
  'SlowDownRead',
  'SlowDownWrite',
  'TooManyRequests',
  'RequestLimitExceeded',
])

const codeFor = (status: number, code: string | undefined) => {
  if (status === 507 || (code !== undefined && FULL.has(code))) return 'disk-full'
  if (status === 429 || (code !== undefined && BUSY.has(code))) return 'overloaded'
  if (code === 'NoSuchKey' || (status === 404 && code === undefined)) return 'object-unknown'
  if (code === 'XAmzContentSHA256Mismatch' || code === 'BadDigest') return 'hash-mismatch'
  if (code === 'IncompleteBody') return 'length-mismatch'
  // The rest may be mended where the store is: a server in trouble, a bucket or a key pair that was taken away.
  return status >= 500 || status === 403 || status === 404 ? 'unavailable' : 'internal'
}

/** A refusal as the store's callers know it. Its detail is for the log: status and the server's word, never an address. */
export const faultOf = (status: number, xml: string): AppError => {
  const code = codeIn(xml)
  return new AppError(codeFor(status, code), { detail: `the store answered ${status}${code === undefined ? '' : ` ${code}`}` })
}
