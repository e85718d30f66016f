/** A visitor who needs two seconds on each screen and knows where to touch, from the first touch to the code. */
import type { Locator, Page } from 'playwright-core'
import { LANGUAGE_NAMES } from '../../kiosk-ui/lib/language-names.ts'
import { wordsOf } from '../e2e/visitor-walk.ts'

const ON_EACH_SCREEN_MS = 2_000
/** A kiosk stands open before its first visitor comes: what it fetches once, its networks among it, is there by then. */
const STANDS_OPEN_MS = 10_000
/** How long a finger stays on the glass. */
const FINGER_MS = 80
/** The least that Event Timing tells, in milliseconds: what is faster counts as this. */
const LEAST_MS = 16

/** Time from each part of a touch to the next paint after it (Event Timing, W3C): of its landing, and the longest of all. */
const MEASURE_TOUCHES = `(() => {
  window.touched = new Map()
  new PerformanceObserver((list) => {
    for (const { name, interactionId, duration, startTime, processingStart, processingEnd } of list.getEntries()) {
      if (!interactionId) continue
      const one = window.touched.get(interactionId) ?? { landedMs: ${LEAST_MS}, ms: 0, waitMs: 0, workMs: 0 }
      window.touched.set(interactionId, one)
      if (name === 'pointerdown') one.landedMs = duration
      if (duration > one.ms) Object.assign(one, { ms: duration, waitMs: processingStart - startTime, workMs: processingEnd - processingStart })
    }
  }).observe({ type: 'event', durationThreshold: ${LEAST_MS}, buffered: true })
})()`

export type Scripted = {
  /** From the first touch to the code, in milliseconds. */
  qrMs: number
  touches: number
  answers: Answer[]
}
/**
 * All in milliseconds: from a finger's landing to the picture that shows it, and from whichever of its events took longest,
 * most often the one that changes the screen, to the picture after that; of the latter, the wait for the page and its own work.
 */
type Answer = { landedMs: number; ms: number; waitMs: number; workMs: number }

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
  await page.waitForTimeout(STANDS_OPEN_MS)
  let touches = 0
  let startedAt = 0
  const devtools = await page.context().newCDPSession(page)
  const touch = async (target: Locator) => {
    // Waits until it can be touched, and touches nothing yet.
    await target.tap({ timeout: 45_000, trial: true })
    const place = await target.boundingBox()
    if (!place) throw new Error('what is to be touched has no place on the screen')
    const finger = { x: place.x + place.width / 2, y: place.y + place.height / 2 }
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] })
    await page.waitForTimeout(FINGER_MS)
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
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
  const quick = Array.from({ length: Math.max(0, touches - slow.length) }, () => ({
    landedMs: LEAST_MS,
    ms: LEAST_MS,
    waitMs: 0,
    workMs: 0,
  }))
  await touch(button(words.pickup.done))
  return { qrMs, touches: touches - 1, answers: [...slow, ...quick] }
}
