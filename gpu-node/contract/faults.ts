/** What goes wrong at a contract server: put in by hand, or brought by chance with what it is asked for. */

export type Faulty<Fault extends string> = {
  /** Faults that a request for a shot brings with it; they are met by whoever is the first to come where they can be. */
  lots?: () => readonly Fault[]
  /** How long a `hang` lasts, in milliseconds; without it until it is woken. */
  hangMs?: number
}

/** How many times as long a shot takes that is `slow`. */
const SLOW = 4

export const createFaults = <Fault extends string>({ lots, hangMs }: Faulty<Fault>) => {
  const waiting: (Fault | 'hang' | 'slow')[] = []
  let hanging = false
  const meets = (fault: Fault | 'hang' | 'slow'): boolean => {
    const at = waiting.indexOf(fault)
    if (at >= 0) waiting.splice(at, 1)
    return at >= 0
  }
  /** Answers again after a `hang`. */
  const wake = () => {
    hanging = false
  }
  return {
    /** Those that are still to be met. */
    waiting,
    meets,
    wake,
    /** A shot is asked for. */
    asked: () => void waiting.push(...(lots?.() ?? [])),
    /** Whether nothing is answered now. */
    hangs: (): boolean => {
      if (!hanging && meets('hang')) {
        hanging = true
        if (hangMs !== undefined) setTimeout(wake, hangMs).unref()
      }
      return hanging
    },
    /** How long a shot takes that is usually done in so many milliseconds. */
    workMs: (usualMs: number): number => (meets('slow') ? SLOW * usualMs : usualMs),
  }
}
