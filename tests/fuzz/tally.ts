/** Counts what came of every message. */
export type Tally = {
  readonly messages: number
  readonly outcomes: Readonly<Record<string, number>>
  /** Leases that hostile nodes were given. */
  readonly leases: number
  note(outcome: string): void
  leased(): void
}

export const createTally = (): Tally => {
  const outcomes: Record<string, number> = {}
  let messages = 0
  let leases = 0
  return {
    get messages() {
      return messages
    },
    get leases() {
      return leases
    },
    outcomes,
    leased: () => void leases++,
    note: (outcome) => {
      messages++
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    },
  }
}
