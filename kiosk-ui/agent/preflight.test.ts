/** Before the doors open: each thing that a kiosk needs, there and amiss, with a real browser and an orchestrator of a few lines. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LANGUAGES } from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lookAtBrowser } from './browser-look.ts'
import { listedMicrophones, microphoneFinding } from './microphone.ts'
import { pickupFinding } from './pickup-address.ts'
import { practiceEnv, type Served, serve, TOKEN } from './practice-box.fixture.ts'
import { preflight, preflightReport } from './preflight.ts'
import { voicesFinding } from './voices.ts'

const HEADLESS = '--no-sandbox --disable-gpu --use-fake-device-for-media-stream'

describe('preflight', () => {
  let folder: string
  let server: string
  let orchestrator: Served
  let url: string
  let asked = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanreel-preflight-'))
    server = join(folder, 'server.cjs')
    await writeFile(server, '')
    orchestrator = await serve((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://any')
      response.setHeader('content-type', 'application/json')
      if (pathname.startsWith('/v/')) {
        asked = pathname
        return response.end(JSON.stringify({ kind: 'not-here-yet' }))
      }
      if (pathname.startsWith('/wifi/')) return response.writeHead(200).end('<h1>Sign in to the venue’s Wi-Fi</h1>')
      const known = request.headers.authorization === `Bearer ${TOKEN}`
      response.statusCode = known ? 200 : 403
      response.end(JSON.stringify(known ? { ok: true, serverTime: Date.now(), pickupBase: `${url}/v/` } : { ok: false }))
    })
    url = orchestrator.url
  })
  afterAll(async () => {
    await orchestrator.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const envWith = (change: Record<string, string> = {}) =>
    practiceEnv({ url, home: folder }, { FANREEL_BROWSER_ARGS: HEADLESS, FANREEL_VOICES_MS: '300', ...change })

  it('says what is amiss and what to do, and lets a kiosk open that has what it needs', async () => {
    const good = await preflight(envWith(), server)
    expect(good.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    expect(good.find(({ name }) => name === 'microphone')).toMatchObject({
      outcome: 'ok',
      detail: expect.stringContaining('Fake'),
    })
    expect(preflightReport(good)).toContain('This kiosk may open.')
    const bad = await preflight(
      envWith({
        FANREEL_CAMERA: '/dev/video99',
        FANREEL_BROWSER: '/nowhere/chromium',
        FANREEL_MIN_FREE_BYTES: '999999999999999',
        FANREEL_KIOSK_TOKEN: 'practice.another-token-of-somebody',
      }),
      join(folder, 'nothing.js'),
    )
    const failed = bad.filter(({ outcome }) => outcome === 'fail').map(({ name }) => name)
    expect(failed).toEqual(['screens', 'browser', 'camera', 'disk', 'orchestrator'])
    for (const { name, outcome, todo } of bad) expect(todo !== undefined, name).toBe(outcome !== 'ok')
    const report = preflightReport(bad)
    expect(report).toContain('This kiosk should not open: 5 of')
    expect(report).toContain('Issue a token for kiosk-1')
    expect(report).not.toContain(TOKEN)
  }, 120_000)

  it('names a browser that is there and does not start', async () => {
    const broken = join(folder, 'chromium')
    await writeFile(broken, '#!/bin/sh\n[ "$1" = --version ] && echo Chromium 1 || exit 3\n', { mode: 0o755 })
    await expect(lookAtBrowser(broken, [], 0)).rejects.toThrow('the browser ended at once (3)')
    const [, browser] = await preflight(envWith({ FANREEL_BROWSER: broken }), server)
    expect(browser).toMatchObject({ name: 'browser', outcome: 'fail', detail: 'Chromium 1: the browser ended at once (3)' })
  })

  it('knows a microphone by Linux’s list and by what the browser may open', async () => {
    const asound = join(folder, 'asound')
    await mkdir(asound, { recursive: true })
    const pcm = '00-03: HDMI 0 : HDMI 0 : playback 1\n01-00: USB Audio : USB Audio : playback 1 : capture 1\n'
    await writeFile(join(asound, 'pcm'), pcm)
    expect(await listedMicrophones(folder)).toEqual(['USB Audio'])
    expect(await listedMicrophones(join(folder, 'none'))).toEqual([])
    expect(microphoneFinding(['USB Audio'], ['USB Audio Mono']).outcome).toBe('ok')
    expect(microphoneFinding(['USB Audio'], undefined)).toMatchObject({
      outcome: 'ok',
      detail: 'USB Audio; the browser was not asked',
    })
    expect(microphoneFinding(['USB Audio'], [])).toMatchObject({ outcome: 'warn', todo: expect.stringContaining('group audio') })
    expect(microphoneFinding([], [])).toMatchObject({ outcome: 'warn', todo: expect.stringContaining('arecord -l') })
  })

  it('names the languages that nothing is read aloud in', () => {
    expect(voicesFinding([...LANGUAGES].map((language) => `${language}-XX`)).outcome).toBe('ok')
    expect(voicesFinding(['en-GB', 'IT', 'fr', 'de', 'es', 'pt-BR', 'ko', 'cmn'])).toMatchObject({
      outcome: 'warn',
      detail: 'none for ar, ja: “Read aloud” is not offered there',
    })
    expect(voicesFinding([])).toMatchObject({ outcome: 'warn', detail: expect.stringContaining('any language') })
    expect(voicesFinding(undefined).outcome).toBe('warn')
  })

  it('follows the address in a visitor’s code as a phone would', async () => {
    const centre = 'https://centre.example'
    expect(await pickupFinding(`${url}/v/`, url)).toMatchObject({
      outcome: 'warn',
      detail: expect.stringContaining('this machine alone'),
    })
    expect(asked).toMatch(/^\/v\/[0-7][0-9A-HJKMNP-TV-Z]{25}\/state$/)
    expect(await pickupFinding(`${url}/v/`, centre)).toMatchObject({
      outcome: 'fail',
      todo: expect.stringContaining('FANREEL_PUBLIC_URL'),
    })
    expect(await pickupFinding(`${url}/wifi/`, url)).toMatchObject({
      outcome: 'fail',
      detail: expect.stringContaining('something else'),
    })
    expect(await pickupFinding('http://127.0.0.1:9/v/', url)).toMatchObject({
      outcome: 'fail',
      todo: expect.stringContaining('nowhere'),
    })
    expect(await pickupFinding(undefined, url)).toMatchObject({ outcome: 'warn' })
  })
})
