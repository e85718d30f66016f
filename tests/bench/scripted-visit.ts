/** A visitor who needs two seconds on each screen and knows where to touch, from the first touch to the code. */
import type { Locator, Page } from 'playwright-core'
import { wordsOf } from '../e2e/visitor-walk.ts'

const ON_EACH_SCREEN_MS = 2_000

/** Durations of touches to the next paint (Event Timing, W3C), in milliseconds; what is faster than 16 ms counts as 16. */
const MEASURE_TOUCHES = `(() => {
  window.touched = new Map()
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries())
      if (interactionId) window.touched.set(interactionId, Math.max(duration, window.touched.get(interactionId) ?? 0))
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
})()`

/** Loads the kiosk's page, and makes one visit without touching the camera's button: the take begins by itself. */
export const scriptedVisit = async (page: Page, url: string) => {
  const words = wordsOf('en')
  await page.addInitScript(MEASURE_TOUCHES)
  await page.goto(url)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const begin = button(words.attract.touch)
  await begin.waitFor({ timeout: 60_000 })
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
  await touch(begin)
  await onScreen([page.getByRole('button', { name: 'Hello' })])
  await page.getByText(words.consent.title, { exact: true }).waitFor()
  await onScreen([() => page.getByRole('checkbox').all(), button(words.consent.agree)])
  await onScreen([page.getByRole('button', { name: words.world.choose }).first()])
  await onScreen([button(words.name.skip)])
  await onScreen([button(words.review.send)])
  await page.getByTestId('qr').waitFor()
  const qrMs = performance.now() - startedAt
  const slow = await page.evaluate<number[]>('[...window.touched.values()]')
  const touchMs = [...slow, ...Array.from({ length: Math.max(0, touches - slow.length) }, () => 16)]
  await touch(button(words.pickup.done))
  return { qrMs, touches: touches - 1, touchMs }
}
