/** Waiting, with an end: between attempts, and until a signal says to give up. */

/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it is aborted. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })

/**
 * Exponential back-off with jitter, in milliseconds: doubles from `minMs` to `maxMs`, less up to a quarter by chance so
 * that a hall full of kiosks does not knock at once.
 * @param attempt 0 for the first wait
 */
export const backOffMs = (attempt: number, minMs: number, maxMs: number, random: () => number = Math.random): number =>
  Math.min(maxMs, minMs * 2 ** Math.min(attempt, 16)) * (1 - random() / 4)
