/** A token bucket: how often something may happen, sustained and at once. */
import type { Clock } from '../clock.ts'

export type Bucket = {
  /** Takes one; false where none is left. */
  take(): boolean
}

/** @param rate `perSecond` tokens flow in each second, `burst` is the most that is saved up */
export const createBucket = (rate: { perSecond: number; burst: number }, clock: Clock): Bucket => {
  let tokens = rate.burst
  let at = clock.now()
  return {
    take() {
      const now = clock.now()
      tokens = Math.min(rate.burst, tokens + (Math.max(0, now - at) * rate.perSecond) / 1_000)
      at = now
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
