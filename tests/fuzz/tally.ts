/** Counts what came of every message. */
export type Tally = {
  readonly messages: number
  readonly outcomes: Readonly<Record<string, number>>
  note(outcome: string): void
}

export const createTally = (): Tally => {
  const outcomes: Record<string, number> = {}
  let messages = 0
  return {
    get messages() {
      return messages
    },
    outcomes,
    note: (outcome) => {
      messages++
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    },
  }
}
