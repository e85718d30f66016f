import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultsByNightAndDay, standing } from '../../../tests/support/accessibility.ts'
import { type FrontDoor, newToken, startFrontDoor } from '../http/front-door.fixture.ts'

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

/** What is met first at points all over the film's box, where that is not the film. */
const LIES_OVER_FILM = `(() => {
  const film = document.querySelector('video')
  const { left, top, width, height } = film.getBoundingClientRect()
  const met = []
  for (let x = 0.02; x < 1; x += 0.06) for (let y = 0.02; y < 1; y += 0.06) {
    const first = document.elementFromPoint(left + x * width, top + y * height)
    if (first && first !== film) met.push(first.localName + ' at ' + x.toFixed(2) + ' ' + y.toFixed(2))
  }
  return met
})()`

/** What the buttons say that are filled with gold, hidden ones left out. */
const GOLDEN_BUTTONS = `[...document.querySelectorAll('.ready .button')]
  .filter((button) => button.checkVisibility() && getComputedStyle(button).backgroundImage !== 'none')
  .map((button) => button.textContent.trim())`
const HEADLINE_PX = `(({ lineHeight, fontSize }) => [parseFloat(lineHeight), parseFloat(fontSize)])(getComputedStyle(document.querySelector('h1')))`

describe('the pickup page in a real browser', () => {
  let door: FrontDoor
  let browser: Browser
  let film: Buffer
  let poster: Buffer
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fanreel-film-'))
    const source = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=180x320:r=24:d=2', '-f', 'lavfi', '-i', 'sine=d=2']
    execFileSync('ffmpeg', [...source, '-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-shortest', join(folder, 'film.mp4')])
    execFileSync('ffmpeg', ['-v', 'error', '-i', join(folder, 'film.mp4'), '-frames:v', '1', join(folder, 'poster.jpg')])
    film = await readFile(join(folder, 'film.mp4'))
    poster = await readFile(join(folder, 'poster.jpg'))
    await rm(folder, { recursive: true })
    door = await startFrontDoor()
    const args = ['--no-sandbox', '--autoplay-policy=no-user-gesture-required']
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await door?.stop()
  })

  it('P18: a phone is asked only by a tap, subscribes for its own page alone, and shows what it is sent', async () => {
    const asked: string[] = []
    const { url, path } = await door.putVisit('rendering')
    const context = await browser.newContext({ ...PHONE, permissions: ['notifications'] })
    const page = await context.newPage()
    await page.addInitScript(() => {
      // No push service answers here: what a browser would have got from its own stands in for it.
      const keys = { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) }
      const { PushManager } = globalThis as unknown as { PushManager: { prototype: object } }
      Object.assign(PushManager.prototype, {
        subscribe: () => Promise.resolve({ endpoint: 'https://fcm.googleapis.com/fcm/send/x', keys }),
      })
    })
    await page.route('**/tell', (route) => {
      asked.push(route.request().postData() ?? '')
      return route.continue()
    })
    await page.goto(url)
    const button = page.getByRole('button', { name: 'Tell me when it’s ready' })
    await button.waitFor()
    expect(asked).toEqual([])
    await button.click()
    await page.getByText('You may close this page').waitFor()
    expect(JSON.parse(asked[0] ?? '')).toMatchObject({ endpoint: expect.stringContaining('fcm') })
    const scope = await page.evaluate(`navigator.serviceWorker.getRegistration('${path}').then(({ scope }) => scope)`)
    expect(scope).toBe(url)

    // Asked for what it shows while it is about to show it, Chromium forgets the notice: the worker's own call is noted instead.
    const [worker] = context.serviceWorkers()
    if (!worker) throw new Error('no service worker')
    await worker.evaluate(`{
      self.shown = []
      const show = self.registration.showNotification.bind(self.registration)
      self.registration.showNotification = (title, look) => show(title, look).then(() => self.shown.push([title, look.body]))
    }`)
    const devtools = await context.newCDPSession(page)
    const registered = new Promise<string>((resolve) =>
      devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const mine = registrations.find(({ scopeURL, isDeleted }) => scopeURL === url && !isDeleted)
        if (mine) resolve(mine.registrationId)
      }),
    )
    await devtools.send('ServiceWorker.enable')
    const data = JSON.stringify({ title: 'Your film is ready', text: 'Tap to watch it.', language: 'en', direction: 'ltr' })
    await devtools.send('ServiceWorker.deliverPushMessage', { origin: door.origin, registrationId: await registered, data })
    await expect.poll(() => worker.evaluate('shown'), { timeout: 10_000 }).toEqual([['Your film is ready', 'Tap to watch it.']])
    await context.close()
  })

  it('P3: a page that was too early becomes the film by itself, plays, and saves nothing but the file', async () => {
    const token = newToken()
    const context = await browser.newContext(PHONE)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.addInitScript(() => {
      const [shared, felt]: [unknown[], unknown[]] = [[], []]
      const { navigator } = Object.assign(globalThis as unknown as { navigator: object }, { shared, felt })
      const vibrate = (pattern: unknown) => felt.push(pattern) > 0
      Object.assign(navigator, { canShare: () => true, share: (what: unknown) => Promise.resolve(shared.push(what)), vibrate })
    })
    await page.goto(`${door.origin}/v/${token}`)
    await page.getByRole('heading', { name: 'Not here yet' }).waitFor()
    const { visitId } = await door.putReady(film, poster, { token })
    await door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state: 'held' }))
    await page.getByRole('heading', { name: 'Final check' }).waitFor()
    // It was ready for a moment before it was held.
    await page.evaluate('felt.length = 0')
    await door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state: 'ready' }))
    await page.getByRole('button', { name: 'Save to Photos' }).click()
    // In a pocket it is felt, once: times on and off, in milliseconds.
    expect(await page.evaluate('felt')).toEqual([[160, 90, 260]])
    const shared = await page.evaluate(() => {
      const [what] = (globalThis as unknown as { shared: { files: File[] }[] }).shared
      return { keys: Object.keys(what ?? {}), size: what?.files[0]?.size, type: what?.files[0]?.type }
    })
    expect(shared).toEqual({ keys: ['files'], size: film.length, type: 'video/mp4' })
    await page.evaluate('document.querySelector("video").play()')
    await expect
      .poll(() => page.evaluate('document.querySelector("video").currentTime'), { timeout: 10_000 })
      .toBeGreaterThan(0.3)
    expect(await page.title()).toBe('Your film is ready · Winter Games')
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBe(390)
    expect(complaints).toEqual([])
    await context.close()
  })

  it('P3: where no stream comes through, a page becomes the film by asking', async () => {
    const { url, visitId } = await door.putReady(film, poster)
    const become = (state: 'held' | 'ready') => door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state }))
    await become('held')
    const context = await browser.newContext(PHONE)
    const page = await context.newPage()
    await page.clock.install()
    let refusedStreams = 0
    await page.route('**/events', (route) => {
      refusedStreams++
      return route.abort()
    })
    await page.goto(url)
    await page.getByRole('heading', { name: 'Final check' }).waitFor()
    // Three streams that do not last, and no more: from then on it asks at its own pace.
    let asked = 0
    page.on('request', (request) => request.url().endsWith('/state') && asked++)
    await expect.poll(() => page.clock.runFor(2_000).then(() => asked), { timeout: 10_000 }).toBeGreaterThan(4)
    expect(refusedStreams).toBe(3)
    await become('ready')
    await page.clock.resume()
    await page.locator('video').waitFor({ timeout: 20_000 })
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await context.close()
  })

  it('P22: a save that broke off can be tapped again, and a film that is gone meanwhile is told of', async () => {
    const { url, visitId } = await door.putReady(film, poster)
    const context = await browser.newContext(PHONE)
    const page = await context.newPage()
    const phone = "canShare: () => true, share: async () => document.body.setAttribute('data-shared', '1')"
    await page.addInitScript({ content: `Object.assign(navigator, { ${phone} })` })
    await page.route('**/reel', (route) => (route.request().resourceType() === 'fetch' ? route.abort() : route.continue()))
    await page.goto(url)
    const save = page.getByRole('button', { name: 'Save to Photos' })
    await save.waitFor()
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await save.click()
    await save.click()
    await page.locator('body[data-shared]').waitFor()
    await door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state: 'expired' }))
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))')
    await page.getByRole('heading', { name: 'The curtain fell' }).waitFor()
    await context.close()
  })

  it('P22: a page that stays open says within a minute that somebody else has deleted its film', async () => {
    const { url } = await door.putReady(film, poster)
    const page = await (await browser.newContext(PHONE)).newPage()
    await page.clock.install()
    await page.goto(url)
    await page.locator('video').waitFor()
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(204)
    await page.clock.fastForward(60_000)
    await page.getByRole('heading', { name: 'All gone' }).waitFor()
    await page.context().close()
  })

  it('P21: inside another app the way out stands first, and everybody can use it', async () => {
    const { url } = await door.putReady(film, poster, { firstName: 'ليلى' })
    const userAgent =
      'Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 Chrome/124.0 Mobile Safari/537.36 Instagram 330.0'
    const context = await browser.newContext({
      ...PHONE,
      userAgent,
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const page = await context.newPage()
    await page.goto(url)
    const wayOut = await page.getByRole('link', { name: 'Open in browser' }).getAttribute('href')
    expect(wayOut).toBe(`${url.replace('http:', 'intent:')}#Intent;scheme=http;end`)
    await page.getByRole('button', { name: 'Copy link' }).click()
    await page.getByRole('button', { name: 'Link copied' }).first().waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(url)
    expect(await page.locator('[data-save], [download]').count()).toBe(2)
    expect(await page.evaluate(GOLDEN_BUTTONS), 'the way out alone').toEqual(['Open in browser'])
    // An Arabic name on an English page has the room that an Arabic page gives its letters.
    const [lineHeight = 0, size = 1] = (await page.evaluate(HEADLINE_PX)) as number[]
    expect(lineHeight / size).toBeGreaterThan(1.24)
    expect(await faultsByNightAndDay(page)).toEqual([])
    await context.close()
  })

  it('P10: a page that is told to ask less often does', async () => {
    const context = await browser.newContext(PHONE)
    const page = await context.newPage()
    await page.clock.install()
    let asked = 0
    await page.route('**/state', async (route) => {
      asked++
      const answer = await route.fetch()
      await route.fulfill({ response: answer, headers: { ...answer.headers(), 'retry-after': '20' } })
    })
    await page.goto(`${door.origin}/v/${newToken()}`)
    await page.getByRole('heading', { name: 'Not here yet' }).waitFor()
    const answered = page.waitForResponse('**/state')
    await page.clock.runFor(4_500)
    await (await answered).finished()
    await page.clock.runFor(15_000)
    expect(asked).toBe(1)
    await page.clock.runFor(6_000)
    await expect.poll(() => asked).toBe(2)
    // The second answer may still be on its way.
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await context.close()
  })

  it('P2: everybody can use a page, by night and by day: waiting, being made, failed, finished and over, in both directions', async () => {
    const deleted = await door.putVisit('deleted', { erased: ['film', 'recording-before', 'frames', 'name'] })
    const paths = [
      `/v/${newToken()}`,
      (await door.putVisit('rendering')).path,
      `${(await door.putVisit('failed', { code: 'clip-too-dark' })).path}?lang=ar`,
      `${deleted.path}?lang=ja`,
      (await door.putReady(film, poster)).path,
    ]
    // One page for all: a context of its own costs more than what it looks at.
    const context = await browser.newContext({ ...PHONE, reducedMotion: 'reduce' })
    const page = await context.newPage()
    for (const path of paths) {
      await page.goto(door.origin + path)
      await standing(page)
      expect(await faultsByNightAndDay(page), await page.title()).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth'), await page.title()).toBe(390)
    }
    await context.close()
  })

  it('P13: nothing lies over the film and the mark it carries, on any shape of phone, before it plays and while it does', async () => {
    const { url } = await door.putReady(film, poster)
    const context = await browser.newContext(PHONE)
    const page = await context.newPage()
    await page.goto(url)
    // Whoever wants captions gets them, within the page's policy (P20).
    await page.evaluate('document.querySelector("video").textTracks[0].mode = "hidden"')
    await expect.poll(() => page.evaluate('document.querySelector("video").textTracks[0].cues?.length')).toBe(1)
    for (const [width, height] of [
      [390, 844],
      [320, 568],
      [844, 390],
      [1440, 900],
    ] as const) {
      await page.setViewportSize({ width, height })
      for (const playing of [false, true]) {
        if (playing) await page.evaluate('document.querySelector("video").play()')
        expect(await page.evaluate(LIES_OVER_FILM), `${width}x${height}`).toEqual([])
      }
    }
    await context.close()
  })

  it('P4: without JavaScript the film is there, and a tap and a second one delete it', async () => {
    const { url, visitId } = await door.putReady(film, poster, { language: 'ar' })
    const context = await browser.newContext({ ...PHONE, javaScriptEnabled: false, locale: 'ar' })
    const page = await context.newPage()
    await page.goto(url)
    expect(await page.locator('video').getAttribute('poster')).toMatch(/^\/v\/\w+\/poster$/)
    expect(await page.locator('[data-save]').isVisible()).toBe(false)
    await page.locator('details.erase summary').click()
    await page.locator('details.erase button').click()
    await page.getByRole('heading', { name: 'حُذف كل شيء' }).waitFor()
    expect((await door.store.get(visitId))?.state).toBe('deleted')
    await context.close()
  })

  it('P11: everybody can use the page that says its film cannot be looked up', async () => {
    const { url } = await door.putVisit('held')
    const context = await browser.newContext({ ...PHONE, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await door.redisServer.kill()
    try {
      await page.goto(url)
      await page.getByRole('heading', { name: 'One moment' }).waitFor()
      expect(await faultsByNightAndDay(page)).toEqual([])
    } finally {
      await door.redisServer.restart()
    }
    await context.close()
  })
})
