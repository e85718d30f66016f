/** A real Redis for the tests of one file, and a connection to it: opened before the first of them, gone after the last. */
import { pino } from 'pino'
import { afterAll, beforeAll } from 'vitest'
import { connectRedis, type Redis } from '../../orchestrator/src/queue/redis.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

/** Filled before the first test; whoever asks earlier finds nothing. To be called where a file's or a group's own hooks stand. */
export const useRedis = (): { server: RedisServer; redis: Redis } => {
  const opened = {} as { server: RedisServer; redis: Redis }
  beforeAll(async () => {
    opened.server = await startRedis()
    opened.redis = await connectRedis({ url: opened.server.socket, log: pino({ level: 'silent' }) })
  })
  afterAll(async () => {
    await opened.redis?.close()
    await opened.server?.stop()
  })
  return opened
}
