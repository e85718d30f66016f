import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wordsOf } from '../pickup/words/words-of.ts'
import { EVENT_ID, type FrontDoor, startFrontDoor } from './front-door.fixture.ts'

describe('the page for short codes', () => {
  let door: FrontDoor
  beforeAll(async () => {
    door = await startFrontDoor({ env: { FANREEL_CODE_TRIES_OF_ONE: '3', FANREEL_CODE_TRIES_OF_ALL: '6' } })
  })
  afterAll(() => door.stop())

  const post = (code: string, headers: Record<string, string> = {}, query = '') =>
    fetch(`${door.origin}/code${query}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': 'en', ...headers },
      body: new URLSearchParams({ code }).toString(),
    })
  /** A visit of a kiosk, and the code that kiosk is told. */
  const codedVisit = async () => {
    const kiosk = await door.openKiosk()
    const made = await door.putVisit('queued')
    const told = await kiosk.ask('visit:code', { eventId: EVENT_ID, visitId: made.visitId })
    expect(told).toEqual({ ok: true, code: expect.any(String), goodUntil: expect.any(Number) })
    return { ...made, code: String(told.code), kiosk }
  }

  it('A15: the code that a kiosk shows opens the page of its visit', async () => {
    const { code, path, kiosk } = await codedVisit()
    const page = await (await fetch(`${door.origin}/code`, { headers: { 'accept-language': 'ja' } })).text()
    expect(page).toContain(wordsOf('ja').code.label)
    expect(page).toContain('<form class="code" method="post" action="/code">')
    const opened = await post(`${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase(), {}, '?lang=it')
    expect([opened.status, opened.headers.get('location')]).toEqual([303, `${path}?lang=it`])
    // Looking changes nothing, and no code is read out of an address.
    const looked = await fetch(`${door.origin}/code?code=${code}`, { redirect: 'manual' })
    expect([looked.status, looked.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const theirs = await door.putVisit('queued', { kioskId: 'kiosk-2' })
    expect(await kiosk.ask('visit:code', { eventId: EVENT_ID, visitId: theirs.visitId })).toMatchObject({ code: 'visit-unknown' })
    const over = await door.putVisit('deleted', { sealedToken: undefined } as never)
    expect(await kiosk.ask('visit:code', { eventId: EVENT_ID, visitId: over.visitId })).toMatchObject({ code: 'visit-state' })
  })

  it('A15: a wrong code, a code of a visit that is over and a slip are answered alike; beyond the limit nothing is told', async () => {
    const from = { 'x-forwarded-for': '203.0.113.9' }
    const { code, path } = await codedVisit()
    expect((await fetch(door.origin + path, { method: 'DELETE' })).status).toBe(204)
    const answers = new Set<string>()
    for (const typed of ['CDFG-HJKM', 'O0', code, '<script>']) {
      const answer = await post(typed, from)
      answers.add(`${answer.status} ${await answer.text()}`)
    }
    expect([...answers]).toHaveLength(1)
    expect([...answers][0]).toContain(wordsOf('en').code.wrong)
    // No more than may be tried in the two minutes that this may fall in.
    let enough = await post(code, from)
    for (let tries = 1; tries <= 7 && enough.status !== 429; tries++) {
      await post('DDDD-DDDD', from)
      enough = await post(code, from)
    }
    expect([enough.status, enough.headers.get('retry-after')]).toEqual([429, '60'])
    expect(await enough.text()).toContain(wordsOf('en').code.tooMany)
    expect((await post('x'.repeat(3_000), from)).status).toBe(400)
  })

  it('A15: three addresses that guess lock nobody out, and one phone of many addresses is one', async () => {
    const { code, path } = await codedVisit()
    for (const last of [1, 2, 3])
      for (let tries = 0; tries < 3; tries++)
        expect([404, 429]).toContain((await post('CDFGHJKM', { 'x-forwarded-for': `198.51.100.${last}` })).status)
    const opened = await post(code, { 'x-forwarded-for': '198.51.100.4' })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, path])
    const answers: number[] = []
    // More than may be tried in the two minutes that this may fall in.
    for (let last = 1; last <= 7; last++)
      answers.push((await post('CDFGHJKM', { 'x-forwarded-for': `2001:db8:0:7::${last}` })).status)
    expect([answers[0], answers.includes(429)]).toEqual([404, true])
    expect((await post(code, { 'x-forwarded-for': '2001:db8:0:8::1' })).status).toBe(303)
  })

  it('A10: no code reaches a log or a metric', async () => {
    const { code } = await codedVisit()
    await post(code)
    await post('CDFGHJKM')
    const metrics = await (await fetch(`${door.origin}/metrics`)).text()
    for (const text of [door.lines.join('\n'), metrics]) {
      expect(text).not.toContain(code)
      expect(text).not.toContain('CDFGHJKM')
    }
    expect(door.lines.join('\n')).toContain('"route":"/code"')
  })
})
