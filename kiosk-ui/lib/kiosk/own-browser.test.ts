import { expect, it } from 'vitest'
import { isOwnBrowser, isOwnPage } from './own-browser.ts'

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

const JSON_TYPE = { 'content-type': 'application/json' }
it('hears a page of its own, and of no other origin', () => {
  const sent = (headers: Record<string, string>) => isOwnPage({ headers: new Headers({ host: '127.0.0.1:3100', ...headers }) })
  expect(sent({ ...JSON_TYPE })).toBe(true)
  expect(sent({ ...JSON_TYPE, origin: 'http://127.0.0.1:3100' })).toBe(true)
  // Behind a front door the page's origin is the door's.
  expect(sent({ ...JSON_TYPE, origin: 'http://127.0.0.1:8080', 'x-forwarded-host': '127.0.0.1:8080' })).toBe(true)
  for (const origin of ['http://127.0.0.1:5000', 'https://evil.example', 'null', 'http://localhost:3100'])
    expect(sent({ ...JSON_TYPE, origin }), origin).toBe(false)
  // What a form or a request without a question can send.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=application/json'])
    expect(sent({ 'content-type': type }), type).toBe(false)
})
