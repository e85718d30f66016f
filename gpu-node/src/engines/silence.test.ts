import { expect, it } from 'vitest'
import { createSilence } from './silence.ts'

it('D8: three questions without an answer are enough, those aside that we were late for ourselves, and half a minute in any case', () => {
  let now = 0
  const silence = createSilence(3_000, () => now)
  const ask = (ms: number) => {
    const begun = now
    now += ms
    return silence.unanswered(begun)
  }
  expect([ask(3_000), ask(10), ask(3_000)]).toEqual([false, false, true])
  silence.heard()
  // A process that was held up for eight seconds has heard nobody, and knows nothing by it.
  expect([ask(8_000), ask(8_000), ask(3_000), ask(3_000)]).toEqual([false, false, false, false])
  expect(ask(3_000)).toBe(true)
  silence.heard()
  expect([ask(16_000), ask(16_000)]).toEqual([false, true])
})
