/** Asks a page in a real browser whether its words can be read and its buttons touched. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

/** The smallest side of a target on a kiosk, in pixels. */
export const LEAST_TARGET = 72

const source = readFileSync(new URL('measure-page.mjs', import.meta.url), 'utf8').replace('export const measurePage =', '')

/**
 * What of the present screen cannot be read or touched; targets are measured where `least` is not 0, and none may begin in the
 * part `above` of the height. Lengths in pixels.
 */
export const measurePage = (
  page: Page,
  least = LEAST_TARGET,
  { above = 0, leastKey = least, leastText = 0 } = {},
): Promise<string[]> => page.evaluate(`(${source.trim().replace(/;$/, '')})(${least}, ${above}, ${leastKey}, ${leastText})`)
