/** Waits and dates as a person says them, in their language. */
import type { Language } from '@fanreel/protocol'

const MINUTE_MS = 60_000

/**
 * A wait, rounded up so that nobody is disappointed: seconds in tens below a minute, else whole minutes.
 * @param waitMs milliseconds, not negative
 */
export const tellWait = (language: Language, waitMs: number): string => {
  const seconds = Math.max(10, Math.ceil(waitMs / 10_000) * 10)
  const [value, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(waitMs / MINUTE_MS), 'minute']
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: language === 'ar' ? 'long' : 'short' }).format(value)
}

/** A day, e.g. "6 December 2026". @param at milliseconds since the epoch */
export const tellDay = (language: Language, at: number): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long' }).format(at)

export const tellNumber = (language: Language, value: number): string => new Intl.NumberFormat(language).format(value)
export const tellShare = (language: Language, share: number): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(share)
