/** The PIN of a kiosk's settings: compared in constant time, and after some wrong ones nobody is heard for a while. */
import { createHash, timingSafeEqual } from 'node:crypto'

const MOST_WRONG = 5
const CLOSED_MS = 60_000

const digest = (text: string) => createHash('sha256').update(text).digest()

/** `open`: it was right; `wrong`; `closed`: too many wrong ones, ask again later. */
export type PinAnswer = 'open' | 'wrong' | 'closed'

/** @param pin the right one; an empty PIN opens nothing */
export const createPinLock = (pin: string, now: () => number = Date.now): ((tried: string) => PinAnswer) => {
  let wrong = 0
  let closedUntil = 0
  return (tried) => {
    if (now() < closedUntil) return 'closed'
    if (pin !== '' && timingSafeEqual(digest(pin), digest(tried))) {
      wrong = 0
      return 'open'
    }
    wrong += 1
    if (wrong < MOST_WRONG) return 'wrong'
    wrong = 0
    closedUntil = now() + CLOSED_MS
    return 'closed'
  }
}
