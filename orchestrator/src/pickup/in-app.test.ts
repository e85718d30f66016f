import { expect, it } from 'vitest'
import { inAppOf, wayOutOf } from './in-app.ts'

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const ANDROID =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0 Mobile Safari/537.36'

it.each([
  [`${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`, undefined],
  [`${IPHONE} CriOS/124.0 Mobile/15E148 Safari/604.1`, undefined],
  [ANDROID.replace('; wv', ''), undefined],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36', undefined],
  [undefined, undefined],
  [`${IPHONE} Mobile/15E148 Instagram 330.0.0.29 (iPhone15,2; iOS 17_5; de_DE)`, 'other'],
  [`${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/460.0.0]`, 'other'],
  [`${IPHONE} Mobile/15E148`, 'other'],
  [`${IPHONE} Mobile/15E148 Safari Line/14.5.0`, 'line'],
  [`${ANDROID} Line/14.5.0/IAB`, 'line'],
  [`${ANDROID} Instagram 330.0.0`, 'android'],
  [ANDROID, 'android'],
])('P21: knows a browser inside an app from one of its own: %s', (agent, kind) => {
  expect(inAppOf(agent)).toBe(kind)
})
it('P21: names a way out where the app or the phone has one', () => {
  const page = 'https://film.example/v/TOKEN?lang=de'
  expect(wayOutOf('line', page)).toBe(`${page}&openExternalBrowser=1`)
  expect(wayOutOf('android', page)).toBe('intent://film.example/v/TOKEN?lang=de#Intent;scheme=https;end')
  expect(wayOutOf('other', page)).toBeUndefined()
})
