/**
 * A real S3-speaking server of a test's own, which checks every signature. Keeps its files when it is halted and restarted on its
 * port, and can be told to be slow, or to answer as a server in trouble or without room does.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from '@20minutes/s3rver'

export type S3Server = {
  readonly endpoint: string
  readonly port: number
  readonly bucket: string
  /** What an orchestrator is told to use it. */
  readonly env: Readonly<Record<string, string>>
  /** How many requests of this method have come. */
  requests(method: string): number
  /** Addresses that this method was asked of, each once: those that hold these words. */
  addresses(method: string, within: string): string[]
  /** Keys of everything in the bucket. */
  keys(): Promise<string[]>
  /** From now on answers so, to these methods where some are named; `undefined` ends that. */
  refuse(answer: { status: number; code: string } | undefined, methods?: readonly string[]): void
  /** Each answer is held back for so long, in milliseconds. */
  delay(ms: number): void
  /** Stops as a power cut would, its files stay. */
  halt(): Promise<void>
  /** Serves again on the same port and files. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** The one key pair that the server knows. */
export const S3_KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }
const BUCKET = 'fanreel'
const OBJECT_END = '._S3rver_object'

/** Starts the server on a free port of loopback. */
export const startS3Server = async (): Promise<S3Server> => {
  const directory = await mkdtemp(join(tmpdir(), 'fanreel-s3-'))
  const s3 = new S3rver({ silent: true, directory, vhostBuckets: false, configureBuckets: [{ name: BUCKET, configs: [] }] })
  await s3.configureBuckets()
  const serve = s3.callback()
  const came: { method: string; url: string }[] = []
  let refused: { answer: { status: number; code: string }; methods: readonly string[] | undefined } | undefined
  let delayMs = 0
  let server: Server | undefined
  let port = 0

  const start = async () => {
    const started = createServer((request, response) => {
      const { method = '', url = '' } = request
      came.push({ method, url })
      if (refused && (refused.methods?.includes(method) ?? true)) {
        const { status, code } = refused.answer
        request.resume()
        response.writeHead(status, { 'content-type': 'application/xml' })
        response.end(method === 'HEAD' ? undefined : `<Error><Code>${code}</Code></Error>`)
        return
      }
      if (delayMs === 0) serve(request, response)
      else setTimeout(() => serve(request, response), delayMs)
    })
    await new Promise<void>((resolve, reject) => {
      started.once('error', reject)
      started.listen(port, '127.0.0.1', resolve)
    })
    server = started
    port = (started.address() as AddressInfo).port
  }
  const halt = async () => {
    const running = server
    if (!running) return
    server = undefined
    const closed = new Promise((resolve) => running.close(resolve))
    running.closeAllConnections()
    await closed
  }
  await start()
  const endpoint = `http://127.0.0.1:${port}`

  return {
    endpoint,
    port,
    bucket: BUCKET,
    env: {
      FANREEL_MEDIA_STORE: 's3',
      FANREEL_S3_ENDPOINT: endpoint,
      FANREEL_S3_BUCKET: BUCKET,
      FANREEL_S3_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
      FANREEL_S3_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
    },
    requests: (method) => came.filter((one) => one.method === method).length,
    addresses: (method, within) => [
      ...new Set(came.filter((one) => one.method === method && one.url.includes(within)).map(({ url }) => url)),
    ],
    keys: async () => {
      const root = join(directory, BUCKET)
      const entries = await readdir(root, { recursive: true })
      return entries.filter((path) => path.endsWith(OBJECT_END)).map((path) => path.slice(0, -OBJECT_END.length))
    },
    refuse: (answer, methods) => {
      refused = answer && { answer, methods }
    },
    delay: (ms) => {
      delayMs = ms
    },
    halt,
    restart: start,
    stop: async () => {
      await halt()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
