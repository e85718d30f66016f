/** A visitor who needs two seconds on each screen and knows where to touch, from the first touch to the code. */
import type { Locator, Page } from 'playwright-core'
import { LANGUAGE_NAMES } from '../../kiosk-ui/lib/language-names.ts'
import { wordsOf } from '../e2e/visitor-walk.ts'

const ON_EACH_SCREEN_MS = 2_000

/** Time from touches to the next paint (Event Timing, W3C), in milliseconds; what is faster than 16 ms counts as 16. */
const MEASURE_TOUCHES = `(() => {
  window.touched = new Map()
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, startTime, processingStart, processingEnd } of list.getEntries()) {
      if (!interactionId || duration <= (window.touched.get(interactionId)?.ms ?? 0)) continue
      window.touched.set(interactionId, { ms: duration, waitMs: processingStart - startTime, workMs: processingEnd - processingStart })
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
})()`

export type Scripted = {
  /** From the first touch to the code, in milliseconds. */
  qrMs: number
  touches: number
  /** From each touch to the next picture after it, and of that the wait for the page and the page's own work. */
  answers: Answer[]
}
/** All in milliseconds. */
type Answer = { ms: number; waitMs: number; workMs: number }

/**
 * Loads the kiosk's page, and makes one visit: begins by touching their own language, and does not touch the camera's
 * button, since the take begins by itself.
 */
export const scriptedVisit = async (page: Page, url: string): Promise<Scripted> => {
  const words = wordsOf('en')
  await page.addInitScript(MEASURE_TOUCHES)
  await page.goto(url)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  await button(words.attract.touch).waitFor({ timeout: 60_000 })
  let touches = 0
  let startedAt = 0
  const touch = async (target: Locator) => {
    await target.tap({ timeout: 45_000 })
    touches++
  }
  /** Waits until a screen stands, looks at it for two seconds, and touches it. */
  const onScreen = async (targets: (Locator | (() => Promise<Locator[]>))[]) => {
    const [first] = targets
    if (first && typeof first !== 'function') await first.waitFor({ timeout: 45_000 })
    await page.waitForTimeout(ON_EACH_SCREEN_MS)
    for (const target of targets) for (const each of typeof target === 'function' ? await target() : [target]) await touch(each)
  }
  startedAt = performance.now()
  await touch(button(LANGUAGE_NAMES.en))
  await page.getByText(words.consent.title, { exact: true }).waitFor()
  await onScreen([() => page.getByRole('checkbox').all(), button(words.consent.agree)])
  await onScreen([page.getByRole('button', { name: words.world.choose }).first()])
  await onScreen([button(words.name.skip)])
  await onScreen([button(words.review.send)])
  await page.getByTestId('qr').waitFor()
  const qrMs = performance.now() - startedAt
  const slow = await page.evaluate<Answer[]>('[...window.touched.values()]')
  const quick = Array.from({ length: Math.max(0, touches - slow.length) }, () => ({ ms: 16, waitMs: 0, workMs: 0 }))
  await touch(button(words.pickup.done))
  return { qrMs, touches: touches - 1, answers: [...slow, ...quick] }
}
