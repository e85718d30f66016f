/** Several servers as one: each draws one shot at a time, the one that is free takes the next, one that failed rests. */
import { EngineFault } from './engine-fault.ts'

type Entry<Server> = { server: Server; busy: boolean; restsUntil: number }
type Waiting<Server> = { resolve(entry: Entry<Server>): void; reject(error: unknown): void }

export type ServerPool<Server> = {
  /** Runs work on the first server that is free and well. Throws `unreachable` where none is well. */
  use<T>(signal: AbortSignal, work: (server: Server) => Promise<T>): Promise<T>
  /** How many are well. */
  well(): number
}

/**
 * @param isServersFault whether an error says that the server, not the shot, is to blame
 * @param restMs how long such a server is left alone
 * @param now milliseconds of any clock that only goes forward
 */
export const createServerPool = <Server>(
  servers: readonly Server[],
  { isServersFault, restMs, now }: { isServersFault: (error: unknown) => boolean; restMs: number; now: () => number },
): ServerPool<Server> => {
  const entries: Entry<Server>[] = servers.map((server) => ({ server, busy: false, restsUntil: Number.NEGATIVE_INFINITY }))
  const waiting: Waiting<Server>[] = []
  const isWell = (entry: Entry<Server>) => entry.restsUntil <= now()
  const none = () => new EngineFault('unreachable', 'no server is well')

  const take = (signal: AbortSignal): Promise<Entry<Server>> => {
    signal.throwIfAborted()
    const well = entries.filter(isWell)
    if (well.length === 0) return Promise.reject(none())
    const free = well.find(({ busy }) => !busy)
    if (free) {
      free.busy = true
      return Promise.resolve(free)
    }
    return new Promise((resolve, reject) => {
      const one = { resolve, reject }
      waiting.push(one)
      signal.addEventListener(
        'abort',
        () => {
          if (waiting.includes(one)) waiting.splice(waiting.indexOf(one), 1)
          reject(signal.reason)
        },
        { once: true },
      )
    })
  }
  const giveBack = (entry: Entry<Server>) => {
    entry.busy = false
    if (isWell(entry)) {
      const next = waiting.shift()
      if (next) {
        entry.busy = true
        next.resolve(entry)
      }
    } else if (!entries.some((one) => one.busy && isWell(one))) {
      for (const one of waiting.splice(0)) one.reject(none())
    }
  }
  return {
    use: async (signal, work) => {
      const entry = await take(signal)
      try {
        return await work(entry.server)
      } catch (error) {
        if (!signal.aborted && isServersFault(error)) entry.restsUntil = now() + restMs
        throw error
      } finally {
        giveBack(entry)
      }
    },
    well: () => entries.filter(isWell).length,
  }
}
