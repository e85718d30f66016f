/**
 * Requests to an S3 server, signed, with deadlines and a few more tries: what the store is built on. Keeps to plain methods
 * with a length and a hash, which every server understands; no trailers, no chunked bodies.
 */
import http from 'node:http'
import https from 'node:https'
import { performance } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Code } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../../clock.ts'
import { AppError } from '../../errors.ts'
import { codeIn, faultOf } from './answers.ts'
import { EMPTY, presign, type S3Identity, type Signable, signHeaders, UNSIGNED } from './sign.ts'

export type S3Place = S3Identity & {
  /** Where the server is reached from here, e.g. `https://s3.example`. */
  endpoint: string
  bucket: string
  /** Whether the bucket stands in the path or before the host's name. */
  addressing: 'path' | 'host'
}

export type S3Request = {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE'
  /** Absent: about the bucket. */
  key?: string
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  /** A stream is made anew for each try; one that can be had once has no second. */
  body?: { bytes: number; sha256: string; from: Uint8Array | (() => Readable); once?: boolean }
}

/** One try of a request: how long the server took to answer, in milliseconds, with what, and whether another follows (S8). */
export type S3Try = { method: S3Request['method']; ms: number; outcome: Code | 'ok'; again: boolean }

export type S3Client = {
  /** Does what is asked; answers the headers. @throws AppError for every answer but 2xx, and where none comes */
  ask(request: S3Request): Promise<http.IncomingHttpHeaders>
  /** The same for an answer that is small, as text. */
  text(request: S3Request): Promise<string>
  /** The same for one that is large. Nobody need hurry to read it. */
  read(request: S3Request): Promise<Readable>
  /** An address for somebody who reaches the server at `endpoint`; `put` binds it to one length and type, and to one hash. */
  address(grant: {
    endpoint: string
    method: 'GET' | 'PUT'
    key: string
    lifeMs: number
    put?: { bytes: number; mime: string; sha256?: string }
  }): string
  /** When the server last answered as it should, by the clock; undefined while it does not. */
  readonly wellAt: number | undefined
}

const TRIES = 3
const FIRST_PAUSE_MS = 100
/** A clock that differs by less is taken for right: the server's has whole seconds. */
const SKEW_MS = 2_000
const CONNECTIONS = 64
/** Read ahead of whoever reads. */
const READ_BYTES = 256 * 1024
/** The longest answer that is read as text. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024

/** Where the bucket's objects are, at an endpoint. */
const baseOf = (place: S3Place, endpoint: string): string => {
  const url = new URL(endpoint)
  if (place.addressing === 'host') url.host = `${place.bucket}.${url.host}`
  else url.pathname = `${url.pathname.replace(/\/$/, '')}/${place.bucket}`
  return url.href.replace(/\/$/, '')
}

/** Nothing came for too long: another try would only make it longer. */
class Silent extends Error {}
const silence = (ms: number) => new Silent(`nothing moved for ${ms} ms`)

/** An answer's bytes. Each is waited for no longer than the deadline; how long the reader takes is the reader's affair. */
const bytesOf = async function* (answer: Readable, deadlineMs: number): AsyncGenerator<Buffer> {
  const bytes = answer[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  try {
    for (;;) {
      const timer = setTimeout(() => answer.destroy(silence(deadlineMs)), deadlineMs)
      const next = await bytes.next().finally(() => clearTimeout(timer))
      if (next.done) return
      yield next.value
    }
  } catch (error) {
    throw new AppError('unavailable', { cause: error, detail: 'the store stopped in the middle of an answer' })
  } finally {
    answer.destroy()
  }
}

/** Reads a small answer whole. */
const textOf = async (answer: Readable, deadlineMs: number): Promise<string> => {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of bytesOf(answer, deadlineMs)) {
    bytes += part.length
    if (bytes > MAX_TEXT_BYTES) throw new AppError('internal', { detail: 'the store says too much' })
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

export const createS3Client = (options: {
  place: S3Place
  /** A request that nothing has moved for so long is given up, in milliseconds. */
  deadlineMs: number
  clock: Clock
  random?: () => number
  log: Logger
  /** Hears of every try. */
  onTry?: (tried: S3Try) => void
}): S3Client => {
  const { place, deadlineMs, clock, random = Math.random, log, onTry } = options
  const base = baseOf(place, place.endpoint)
  const { Agent, request: begin } = base.startsWith('https:') ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  let skewMs = 0
  let wellAt: number | undefined
  let away = false

  /** By the server's clock, which decides how long a signature is good (S7). */
  const serverNow = () => clock.now() + skewMs
  const learnSkew = (date: string | undefined) => {
    const theirs = Date.parse(date ?? '')
    if (Number.isNaN(theirs)) return
    const ahead = theirs - clock.now()
    skewMs = Math.abs(ahead) > SKEW_MS ? ahead : 0
  }
  /** Says so once when the store goes, and once when it is back. */
  const note = (fault?: AppError) => {
    if (fault === undefined) {
      wellAt = clock.now()
      if (away) log.info('the media store answers again')
      away = false
    }
    if (fault?.code !== 'unavailable' && fault?.code !== 'disk-full') return
    wellAt = undefined
    if (!away) log.error({ err: fault, code: fault.code }, 'the media store does not answer as it should: clips and renders wait')
    away = true
  }

  const once = (request: S3Request): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const url = new URL(request.key === undefined ? base : `${base}/${request.key}`)
      for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value)
      const { body } = request
      const signable: Signable = { method: request.method, url, payload: body?.sha256 ?? EMPTY }
      const signed = { ...signable, headers: { ...request.headers } }
      const headers = {
        ...signHeaders(place, signed, serverNow()),
        // Not signed: agents on the way may write it in another way.
        ...(request.method === 'PUT' && { 'content-length': String(body?.bytes ?? 0) }),
      }
      // What cannot be said twice is not said over a connection that may just be closing.
      const sent = begin(url, { method: request.method, headers, agent: body?.once ? false : agent })
      sent.setTimeout(deadlineMs, () => sent.destroy(silence(deadlineMs)))
      sent.once('response', (answer) => {
        sent.setTimeout(0)
        learnSkew(answer.headers.date)
        resolve(answer)
      })
      sent.on('error', reject)
      if (body === undefined) sent.end()
      else if (typeof body.from !== 'function') sent.end(body.from)
      else pipeline(body.from(), sent).catch(reject)
    })

  /** One try: an answer, or the fault that it is. */
  const attempt = async (request: S3Request): Promise<http.IncomingMessage | AppError | 'skewed'> => {
    try {
      const answer = await once(request)
      const status = answer.statusCode ?? 0
      if (status >= 200 && status < 300) return answer
      const xml = await textOf(answer, deadlineMs)
      return codeIn(xml) === 'RequestTimeTooSkewed' ? 'skewed' : faultOf(status, xml)
    } catch (error) {
      if (error instanceof AppError) return error
      return new AppError('unavailable', { cause: error, detail: 'the store does not answer' })
    }
  }
  const mayHelp = (fault: AppError): boolean =>
    (fault.code === 'unavailable' || fault.code === 'overloaded') && !(fault.cause instanceof Silent)

  const send = async (request: S3Request): Promise<http.IncomingMessage> => {
    for (let tries = 1; ; tries++) {
      const begun = performance.now()
      const answer = await attempt(request)
      const tried = { method: request.method, ms: performance.now() - begun }
      if (!(answer instanceof AppError) && answer !== 'skewed') {
        note()
        onTry?.({ ...tried, outcome: 'ok', again: false })
        return answer
      }
      const again = tries < TRIES && !request.body?.once && (answer === 'skewed' || mayHelp(answer))
      onTry?.({ ...tried, outcome: answer === 'skewed' ? 'unavailable' : answer.code, again })
      if (!again) {
        const fault = answer === 'skewed' ? new AppError('unavailable', { detail: 'the clocks are too far apart' }) : answer
        note(fault)
        throw fault
      }
      // A wrong clock is right by now; whoever is busy is given time.
      if (answer !== 'skewed') await delay(FIRST_PAUSE_MS * 2 ** tries * (0.5 + random()))
    }
  }

  return {
    ask: async (request) => {
      const answer = await send(request)
      await textOf(answer, deadlineMs)
      return answer.headers
    },
    text: async (request) => textOf(await send(request), deadlineMs),
    read: async (request) =>
      Readable.from(bytesOf(await send(request), deadlineMs), { objectMode: false, highWaterMark: READ_BYTES }),
    address: ({ endpoint, method, key, lifeMs, put }) => {
      const headers = put && { 'content-length': String(put.bytes), 'content-type': put.mime }
      const url = new URL(`${baseOf(place, endpoint)}/${key}`)
      return presign(place, { method, url, ...(headers && { headers }), payload: put?.sha256 ?? UNSIGNED }, serverNow(), lifeMs)
    },
    get wellAt() {
      return wellAt
    },
  }
}
