/**
 * The one door to Redis. Every command goes through `call`, which puts a deadline round it and turns what can go wrong
 * into codes: `unavailable` (gone, starting, too slow; the outcome of a write is then unknown and must be read again)
 * and `overloaded` (out of memory), so that a peer is told within one deadline (Q7). The client reconnects by itself for as long as it is open.
 */
import type { Logger } from 'pino'
import { createClient, ErrorReply } from 'redis'
import { AppError } from '../errors.ts'

export type RedisClient = ReturnType<typeof createClient>

export type Redis = {
  /** @throws AppError `unavailable`, `overloaded` or `internal` */
  call<T>(command: (client: RedisClient) => Promise<T>): Promise<T>
  /** Hears what is published on a channel; answers how to stop. What is published during an outage is not heard. */
  subscribe(channel: string, listener: (message: string) => void): () => void
  /** Calls back whenever notices may have been missed because the connection was lost. */
  onReturn(listener: () => void): () => void
  close(): Promise<void>
}

/** The longest a peer waits for Redis before it is told `unavailable`, in milliseconds. */
export const REDIS_DEADLINE_MS = 2_000

/** Options of every client: fail fast where Redis is away, come back within a second of its return. */
export const clientFor = (url: string, deadlineMs = REDIS_DEADLINE_MS): RedisClient =>
  createClient({
    ...(url.startsWith('redis') ? { url } : {}),
    socket: {
      ...(url.startsWith('redis') ? {} : { path: url }),
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** Math.min(retries, 5), 1_000),
      connectTimeout: deadlineMs,
    },
    commandOptions: { timeout: deadlineMs },
  } as Parameters<typeof createClient>[0])

/** What the client throws when it could not reach Redis, or not in time, by the names of its error classes. */
const AWAY: ReadonlySet<string> = new Set([
  'AbortError',
  'ClientClosedError',
  'ClientOfflineError',
  'CommandTimeoutDuringMaintenanceError',
  'ConnectionTimeoutError',
  'DisconnectsClientError',
  'ReconnectStrategyError',
  'SocketClosedUnexpectedlyError',
  'SocketTimeoutError',
  'SocketTimeoutDuringMaintenanceError',
  'TimeoutError',
])

const isAway = (error: unknown): boolean =>
  error instanceof Error && (AWAY.has(error.constructor.name) || ('syscall' in error && 'errno' in error))

/** Turns an error of the client or of Redis itself into one with a code. */
export const redisFault = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  if (error instanceof ErrorReply) {
    // Redis names the kind of an error in its first word; that word is its code, the rest is prose.
    const kind = error.message.split(' ', 1)[0]
    if (kind === 'OOM') return new AppError('overloaded', { cause: error })
    if (kind === 'LOADING' || kind === 'MASTERDOWN' || kind === 'READONLY' || kind === 'BUSY' || kind === 'MISCONF') {
      return new AppError('unavailable', { cause: error })
    }
    return new AppError('internal', { cause: error })
  }
  return new AppError(isAway(error) ? 'unavailable' : 'internal', { cause: error })
}

/** Puts a deadline round a promise. The work itself goes on: its outcome is unknown. @throws AppError `unavailable` */
export const withDeadline = async <T>(work: Promise<T>, deadlineMs: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const expire = () => reject(new AppError('unavailable', { detail: 'no answer in time' }))
    // After a pause of this very process the answer may be here already, unread: it is read first.
    timer = setTimeout(() => setImmediate(expire), deadlineMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Connects; resolves as soon as Redis answers. `url` is `redis://...` or the path of a Unix socket. */
export const connectRedis = async (options: { url: string; log: Logger; deadlineMs?: number }): Promise<Redis> => {
  const { url, log, deadlineMs = REDIS_DEADLINE_MS } = options
  const client = clientFor(url, deadlineMs)
  const subscriber = clientFor(url, deadlineMs)
  const returned = new Set<() => void>()
  let lost = false
  client.on('error', (error: Error) => {
    if (!lost) log.warn({ err: error, code: 'unavailable' }, 'redis lost')
    lost = true
  })
  subscriber.on('error', () => {
    lost = true
  })
  subscriber.on('ready', () => {
    if (!lost) return
    lost = false
    log.info('redis returned')
    for (const listener of returned) listener()
  })
  await Promise.all([client.connect(), subscriber.connect()])

  const channels = new Map<string, Set<(message: string) => void>>()
  const hear = (message: string, channel: string) => {
    for (const listener of channels.get(channel) ?? []) listener(message)
  }
  // What fails because the connection was lost is made good by the client itself when it is back.
  const failed = (error: unknown) => {
    const { code } = redisFault(error)
    if (code !== 'unavailable') log.error({ err: error, code }, 'subscription failed')
  }

  return {
    call: async (command) => {
      try {
        return await withDeadline(command(client), deadlineMs)
      } catch (error) {
        throw redisFault(error)
      }
    },
    subscribe: (channel, listener) => {
      const known = channels.get(channel)
      const listeners = known ?? new Set()
      listeners.add(listener)
      if (!known) {
        channels.set(channel, listeners)
        subscriber.subscribe(channel, hear).catch(failed)
      }
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0 || channels.get(channel) !== listeners) return
        channels.delete(channel)
        if (subscriber.isOpen) subscriber.unsubscribe(channel, hear).catch(failed)
      }
    },
    onReturn: (listener) => {
      returned.add(listener)
      return () => returned.delete(listener)
    },
    close: async () => {
      // What is under way may finish; where Redis is away it is cut off.
      await Promise.allSettled([client, subscriber].map((open) => withDeadline(open.close(), deadlineMs)))
      // One that still waits for its answers calls itself closed already, and would hold its socket.
      for (const open of [client, subscriber]) open.destroy()
    },
  }
}
