import { expect, it } from 'vitest'
import { isOwnBrowser } from './own-browser.ts'

const asked = (headers: Record<string, string>) => isOwnBrowser({ headers: new Headers(headers) })

it.each([
  [{ host: 'localhost:3000' }],
  [{ host: '127.0.0.1:3000', 'sec-fetch-site': 'same-origin' }],
  [{ host: '[::1]:3000' }],
  [{ host: '127.0.0.1:3000', 'x-forwarded-for': '::ffff:127.0.0.1', 'x-forwarded-host': '127.0.0.1:8080' }],
])('answers the kiosk’s own browser: %o', (headers) => expect(asked(headers)).toBe(true))

it.each([
  [{}],
  [{ host: 'kiosk.example' }],
  // A page under a name that was pointed here writes what it likes beside it.
  [{ host: 'evil.example:3000', 'x-forwarded-host': 'localhost' }],
  [{ host: '127.0.0.1:3000', 'x-forwarded-host': 'evil.example:8080, localhost' }],
  [{ host: '127.0.0.1:3000', 'x-forwarded-for': '203.0.113.9' }],
  [{ host: 'localhost', 'sec-fetch-site': 'cross-site' }],
])('answers nobody else: %o', (headers) => expect(asked(headers)).toBe(false))
