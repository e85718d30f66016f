/**
 * Tells listeners the newest value of something: at most so often, only when it differs, and never two looks at once.
 * What was hinted at is looked at soon; without a hint, now and then all the same.
 */
import type { Logger } from 'pino'
import { refusalOf } from '../errors.ts'

export type Broadcast<T> = {
  current(): Promise<T>
  watch(listener: (value: T) => void): () => void
  /** Something may have changed. */
  hint(): void
  stop(): void
}

/**
 * @param options `leastMs` between two looks after hints, `mostMs` without one; `sameness` makes the text by which two
 *   values are told apart
 */
export const createBroadcast = <T>(options: {
  look: () => Promise<T>
  sameness: (value: T) => string
  leastMs: number
  mostMs: number
  log: Logger
}): Broadcast<T> => {
  const { look, sameness, leastMs, mostMs, log } = options
  const listeners = new Set<(value: T) => void>()
  let told: string | undefined
  let hinted = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let due = Number.POSITIVE_INFINITY

  const plan = (inMs: number) => {
    const at = performance.now() + inMs
    if (stopped || listeners.size === 0 || at >= due) return
    clearTimeout(timer)
    due = at
    timer = setTimeout(round, inMs)
  }
  const round = async () => {
    // Hints during the look count for the next one.
    due = Number.NEGATIVE_INFINITY
    hinted = false
    try {
      const value = await look()
      const text = sameness(value)
      if (text !== told) for (const listener of listeners) listener(value)
      told = text
    } catch (error) {
      log.debug({ err: error, code: refusalOf(error).code }, 'broadcast waits')
    }
    due = Number.POSITIVE_INFINITY
    plan(hinted ? leastMs : mostMs)
  }

  return {
    current: look,
    watch: (listener) => {
      listeners.add(listener)
      plan(mostMs)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        clearTimeout(timer)
        if (due !== Number.NEGATIVE_INFINITY) due = Number.POSITIVE_INFINITY
        told = undefined
      }
    },
    hint: () => {
      hinted = true
      plan(leastMs)
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
