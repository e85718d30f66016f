/** A real Redis of a test's own: on a Unix socket in a folder of its own, gone when the test stops it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'

export type RedisServer = {
  /** Path of the Unix socket. */
  socket: string
  /** Stops the server as a power cut would and leaves its files. */
  kill(): Promise<void>
  /** Starts it again on the same files and socket, with more of its options where some are given. */
  restart(...more: string[]): Promise<void>
  stop(): Promise<void>
}

const binary = (): string => {
  const own = new URL('../../.fanreel/bin/redis-server', import.meta.url).pathname
  return existsSync(own) ? own : 'redis-server'
}

const answers = async (socket: string): Promise<boolean> => {
  const client = createClient({ socket: { path: socket, reconnectStrategy: false } })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    client.destroy()
  }
}

/**
 * Starts Redis with `noeviction` and an append-only file, as in production, unless a test must lose what it holds; resolves
 * when it answers.
 */
export const startRedis = async ({ appendOnly = true, policy = 'noeviction' } = {}): Promise<RedisServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-redis-'))
  const socket = join(folder, 's')
  let child: ChildProcess | undefined
  const start = async (...more: string[]) => {
    const started = spawn(
      binary(),
      [
        '--port',
        '0',
        '--unixsocket',
        socket,
        '--dir',
        folder,
        '--appendonly',
        appendOnly ? 'yes' : 'no',
        '--maxmemory-policy',
        policy,
        '--save',
        '',
        ...more,
      ],
      { stdio: 'ignore' },
    )
    child = started
    for (let tries = 0; !(await answers(socket)); tries++) {
      if (started.exitCode !== null || tries > 500) throw new Error('redis-server did not start')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const end = async (signal: NodeJS.Signals) => {
    const running = child
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await gone
  }
  await start()
  return {
    socket,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: async () => {
      await end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
