/**
 * When a server that does not answer is given up: after three questions, which its engine sees to be within ten seconds (D8). A
 * question during which this process itself was late does not count: a node that draws with all its cores reads answers late, and
 * would take a healthy server for a dead one.
 */
import { steadyClock } from './clock.ts'

const MOST_SILENT = 3
/** Longer than so many times what a question may take means that our own clock came late. */
const LATE = 1.5
/** However late we are ourselves, after this long there is nobody, in milliseconds. */
const LONGEST_MS = 30_000

export type Silence = {
  heard(): void
  /** Nobody answered a question that was begun then. Answers whether to give up. */
  unanswered(begunAt: number): boolean
}

/** @param questionMs what a question may take, the pause before it included */
export const createSilence = (questionMs: number, now: () => number = steadyClock.now): Silence => {
  let count = 0
  let since: number | undefined
  return {
    heard: () => {
      count = 0
      since = undefined
    },
    unanswered: (begunAt) => {
      since ??= begunAt
      if (now() - begunAt <= LATE * questionMs) count++
      return count >= MOST_SILENT || now() - since > LONGEST_MS
    },
  }
}
