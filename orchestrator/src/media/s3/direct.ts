/**
 * Addresses by which nodes read and write in the bucket themselves (S3). Whether the server holds a body to the hash in its address
 * is tried once: where it takes no such address, one without it is given, for what nodes bring is hashed again in any case (R3).
 */
import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { AppError } from '../../errors.ts'
import type { Direct } from '../media-store.ts'
import { objectKey } from '../object-key.ts'
import type { S3Client, S3Place } from './client.ts'

/** A write that began in time is done after this, in milliseconds: servers cut off what hangs well before. */
const LATE_MS = 15 * 60_000
const PROBE = Buffer.from('probe')
const PROBE_MIME = 'text/plain'
const PROBE_LIFE_MS = 60_000

/** Whether the server takes an address as we make them. */
const takes = async (address: string, deadlineMs: number): Promise<boolean> => {
  const headers = { 'content-type': PROBE_MIME }
  const answer = await fetch(address, { method: 'PUT', body: PROBE, headers, signal: AbortSignal.timeout(deadlineMs) })
  await answer.arrayBuffer()
  return answer.ok
}

/**
 * @param options `root` is where objects lie in the bucket, `probeRoot` where one may be tried; `nodeEndpoint` is where nodes
 *   reach the server
 * @throws AppError `internal` where the server takes no presigned address at all
 */
export const createDirect = async (options: {
  client: S3Client
  place: S3Place
  root: string
  probeRoot: string
  nodeEndpoint: string
  deadlineMs: number
  clock: Clock
}): Promise<Direct> => {
  const { client, place, root, probeRoot, nodeEndpoint, deadlineMs, clock } = options
  const key = `${probeRoot}${randomUUID()}`
  const sha256 = createHash('sha256').update(PROBE).digest('hex')
  const put = { bytes: PROBE.length, mime: PROBE_MIME }
  const probe = (more: { sha256?: string }) =>
    takes(
      client.address({ endpoint: place.endpoint, method: 'PUT', key, lifeMs: PROBE_LIFE_MS, put: { ...put, ...more } }),
      deadlineMs,
    )
  const bindsHash = await probe({ sha256 })
  if (!bindsHash && !(await probe({}))) {
    const detail = `media store: ${place.endpoint} takes no presigned address: set FANREEL_S3_DIRECT=no`
    throw new AppError('internal', { detail })
  }
  await client.ask({ method: 'DELETE', key })

  return {
    sign: ({ method, key: object, expiresAt, put: asked }) =>
      client.address({
        endpoint: nodeEndpoint,
        method,
        key: `${root}${objectKey(object)}`,
        lifeMs: expiresAt - clock.now(),
        ...(asked && { put: { bytes: asked.bytes, mime: asked.mime, ...(bindsHash && { sha256: asked.sha256 }) } }),
      }),
    lateMs: LATE_MS,
  }
}
