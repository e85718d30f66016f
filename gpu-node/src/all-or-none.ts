/**
 * Works side by side of which one alone is worth nothing: the first fault stops the others, and it is told only when none
 * of them runs any more, so that nobody writes into a folder that is being deleted.
 */
export const allOrNone = async <const T extends readonly unknown[]>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => { [K in keyof T]: Promise<T[K]> },
): Promise<T> => {
  const stopping = new AbortController()
  const works = start(AbortSignal.any([signal, stopping.signal]))
  try {
    return (await Promise.all(works)) as unknown as T
  } catch (error) {
    stopping.abort(error)
    await Promise.allSettled(works)
    throw error
  }
}
