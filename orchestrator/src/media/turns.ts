/** One after the other for each key: the order in which work was asked for is the order in which it is done. */
export type Turns = { run<T>(key: string, work: () => Promise<T>): Promise<T> }

export const createTurns = (): Turns => {
  const last = new Map<string, Promise<unknown>>()
  return {
    async run(key, work) {
      const before = last.get(key) ?? Promise.resolve()
      const mine = before.then(work, work)
      last.set(key, mine)
      try {
        return await mine
      } finally {
        if (last.get(key) === mine) last.delete(key)
      }
    },
  }
}
