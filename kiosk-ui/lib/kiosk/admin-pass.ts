/** What the right PIN gives: a pass that lasts a while, so that a wish is heard from whoever has just opened the settings and nobody else. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const PASS_BYTES = 16
const LASTS_MS = 10 * 60_000

/** Of one length, whatever was said. */
const digest = (text: string) => createHash('sha256').update(text).digest()

export type AdminPasses = {
  /** A new pass; the one before is worth nothing any more. */
  issue(): string
  holds(pass: string): boolean
}

export const createAdminPasses = (now: () => number = Date.now): AdminPasses => {
  let current: { pass: string; until: number } | undefined
  return {
    issue: () => {
      current = { pass: randomBytes(PASS_BYTES).toString('hex'), until: now() + LASTS_MS }
      return current.pass
    },
    holds: (pass) => current !== undefined && now() < current.until && timingSafeEqual(digest(pass), digest(current.pass)),
  }
}
