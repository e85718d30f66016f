/** Where the demo keeps what it makes: all of it under `.fanreel/demo`, to be deleted whole. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A Unix socket's path must fit into 108 bytes. */
const SOCKET_PATH_BYTES = 100

export type Places = ReturnType<typeof openPlaces>

export const openPlaces = (root = ROOT) => {
  const home = process.env.FANREEL_DEMO_HOME ?? join(root, '.fanreel', 'demo')
  const folder = (name: string): string => {
    const path = join(home, name)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return path
  }
  const socket = join(home, 'redis', 'socket')
  const short = join(tmpdir(), `fanreel-${createHash('sha256').update(root).digest('hex').slice(0, 12)}.sock`)
  return {
    root,
    home,
    logs: folder('logs'),
    redis: folder('redis'),
    media: folder('media'),
    work: folder('work'),
    cache: folder('cache'),
    films: folder('films'),
    certificate: folder('certificate'),
    signing: folder('signing'),
    redisSocket: Buffer.byteLength(socket) <= SOCKET_PATH_BYTES ? socket : short,
    sampleVisitor: join(root, 'ops', 'demo', 'sample-visitor', 'visitor.webm'),
    packs: join(root, 'content-packs'),
  }
}

/** The event's key, made once: what it sealed yesterday must open today. */
export const eventKey = ({ redis }: Places): string => {
  const path = join(redis, 'event-key')
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 })
  return readFileSync(path, 'utf8').trim()
}

/** Programs that set-up put under `.fanreel/bin`, where the system has none of its own. */
export const ownPrograms = (root: string): NodeJS.ProcessEnv => {
  const bin = join(root, '.fanreel', 'bin')
  if (!existsSync(bin)) return {}
  const env: NodeJS.ProcessEnv = { PATH: `${process.env.PATH ?? ''}${delimiter}${bin}` }
  for (const program of ['ffmpeg', 'ffprobe']) {
    const path = join(bin, program)
    if (existsSync(path)) env[`FANREEL_${program.toUpperCase()}`] = path
  }
  return env
}
