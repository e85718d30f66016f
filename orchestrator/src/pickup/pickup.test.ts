import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { directionOf, LANGUAGES, refuse, VISIT_STATES, VisitCode } from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { EVENT_ID, type FrontDoor, newToken, sha256, startFrontDoor } from '../http/front-door.fixture.ts'
import { TINY_BACKDROP, TINY_PICTURE } from '../packs/tiny-pack.fixture.ts'
import type { Visit } from '../visits/visit.ts'
import { buildPickupAssets } from './assets.ts'
import { languageFrom } from './language-choice.ts'
import { markup } from './markup.ts'
import { kindOfState, PICKUP_KINDS } from './pickup-kind.ts'
import { stageOf } from './stage.ts'
import { failureSentence, wordsOf } from './words/words-of.ts'

const FILM = Buffer.concat([Buffer.from('00000018667479706d703432', 'hex'), Buffer.alloc(5_000, 3)])

describe('the words of a pickup page', () => {
  it('P2: every state has words of its own in every language, and every failure a sentence', () => {
    for (const language of LANGUAGES) {
      const { kinds } = wordsOf(language)
      expect(new Set(PICKUP_KINDS.map((kind) => kinds[kind].title)).size, language).toBe(PICKUP_KINDS.length)
      expect(new Set(PICKUP_KINDS.map((kind) => kinds[kind].text)).size, language).toBe(PICKUP_KINDS.length)
      const sentences = VisitCode.options.map((code) => failureSentence(language, code))
      for (const sentence of sentences) expect(sentence, language).toMatch(/[.。؟!]$/)
      expect(new Set(sentences).size, language).toBeGreaterThan(VisitCode.options.length - 2)
    }
  })
  it('P2: a headline whose capitals carry dots or accents stands clear of the line above, and a long one is set smaller', () => {
    const headOf = (language: 'de' | 'en', kind: 'queued' | 'expired') =>
      stageOf({ kind, language, path: '/v/x', query: '' }).html
    expect(headOf('de', 'queued')).toContain('<h1 data-fit="middle" data-room="some">')
    expect(headOf('en', 'expired')).toContain('<h1 data-fit="full" data-room="none">')
  })
  it('P2: a name of another script than its page stands clear of the line above, and keeps its own direction', () => {
    const headOf = (language: 'en' | 'ar' | 'ja', firstName: string) =>
      /<h1.*?<\/h1>/.exec(stageOf({ kind: 'ready', language, path: '/v/x', query: '', firstName }).html)?.[0]
    expect(headOf('en', 'ليلى')).toBe('<h1 data-fit="full" data-room="much"><bdi>ليلى</bdi>, your film</h1>')
    expect(headOf('en', 'नेहा')).toContain('data-room="much"><bdi>नेहा</bdi>')
    expect(headOf('en', '李娜')).toContain('data-room="some"><bdi>李娜</bdi>')
    expect(headOf('en', 'Anna')).toContain('data-room="none"><bdi>Anna</bdi>')
    expect(headOf('ja', 'נועה')).toContain('data-room="much"><bdi>נועה</bdi>さんの映画')
    expect(headOf('ar', 'Anna')).toContain('data-room="much"><bdi>Anna</bdi>')
    expect(headOf('en', '$& {name}')).toContain('<bdi>$&amp; {name}</bdi>, your film')
  })
  it('P2: every state of a visit has a page', () => {
    for (const state of VISIT_STATES) expect(PICKUP_KINDS).toContain(kindOfState(state))
  })
  it('P2: an unknown visitor is spoken to in the language their browser asks for', () => {
    expect(languageFrom('it-IT,it;q=0.9,en;q=0.8')).toBe('it')
    expect(languageFrom('sv, ja;q=0.5, ar;q=0.7')).toBe('ar')
    expect(languageFrom('en;q=0, ja')).toBe('ja')
    expect(languageFrom('zh-Hans-CN,zh;q=0.9,en;q=0.8')).toBe('zh')
    for (const header of [undefined, '', '*', 'sv-SE', ';;;,,,', 'x'.repeat(5_000), 'constructor', 'it;q=x;q=']) {
      expect(languageFrom(header), header).toBe(header?.startsWith('it') ? 'it' : 'en')
    }
  })
  it('P12: nothing that is put into a page can break out of it', () => {
    const nasty = `"><script>alert('1')</script>&`
    expect(markup`<p title="${nasty}">${nasty}</p>`.html).not.toMatch(/<script>|"">/)
    const { html } = stageOf({
      kind: 'ready',
      language: 'en',
      path: '/v/x',
      query: '',
      firstName: '<img src=x onerror=alert(1)>',
    })
    expect(html).not.toContain('<img')
  })
})

describe('the pickup page', () => {
  let door: FrontDoor
  beforeAll(async () => {
    door = await startFrontDoor()
  })
  afterAll(() => door.stop())
  const get = (path: string, init: RequestInit = {}) => fetch(door.origin + path, { redirect: 'manual', ...init })
  const page = async (path: string, init: RequestInit = {}) => {
    const answer = await get(path, init)
    return { answer, text: await answer.text() }
  }

  it('P1: every well-formed token that is not known gets one and the same page', async () => {
    const texts = new Set<string>()
    for (const token of [newToken(), newToken(), newToken().toLowerCase()]) {
      const { answer, text } = await page(`/v/${token}`)
      expect(answer.status).toBe(200)
      expect(text).toContain('data-kind="not-here-yet"')
      texts.add(text.replaceAll(token.toUpperCase(), 'TOKEN'))
      expect((await get(`/v/${token}/events`)).status).toBe(204)
      expect(await (await get(`/v/${token}/state`)).json()).toMatchObject({ kind: 'not-here-yet', live: true })
    }
    expect(texts.size).toBe(1)
    const italian = await page(`/v/${newToken()}`, { headers: { 'accept-language': 'it' } })
    expect(italian.text).toContain('<html lang="it" dir="ltr">')
  })

  it('P1: what is no token is a wrong turn, kindly', async () => {
    const strays = ['/v', '/v/', '/v/short', `/v/${'I'.repeat(26)}`, `/v/${'A'.repeat(27)}`, '/v/%00', '/v/__proto__', '/v/a/b/c']
    for (const path of strays) {
      const { answer, text } = await page(path)
      expect(answer.status, path).toBe(404)
      expect(text, path).toContain('data-kind="no-such-page"')
    }
    const slashed = await get(`/v/${newToken().toLowerCase()}/`)
    expect([slashed.status, slashed.headers.get('location')]).toEqual([308, expect.stringMatching(/^\/v\/[0-9A-Z]{26}$/)])
    // An address that cannot even be read, before any route.
    const { answer, text } = await page('/v/%E0', { headers: { accept: 'text/html', 'accept-language': 'it' } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8'])
    expect(text).toContain(wordsOf('it').kinds['no-such-page'].text)
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
    for (const path of [
      '/v/short/reel',
      '/v/short/state',
      '/v/short/events',
      `/v/${newToken()}/reel`,
      `/v/${newToken()}/poster`,
    ]) {
      expect((await get(path)).status, path).toBe(404)
    }
  })

  it('P2: each state has its own page in the browser’s language, else the visit’s, right to left where that is read so', async () => {
    for (const state of VISIT_STATES) {
      for (const language of LANGUAGES) {
        const made =
          state === 'ready' ? await door.putReady(FILM, TINY_PICTURE, { language }) : await door.putVisit(state, { language })
        // A robot, or a browser that speaks none of ours, is spoken to in the visit's.
        const { answer, text } = await page(made.path, { headers: { 'accept-language': 'eo' } })
        expect(answer.status).toBe(200)
        expect(text).toContain(`<html lang="${language}" dir="${directionOf(language)}">`)
        expect(text).toContain(`data-kind="${kindOfState(state)}"`)
        const { title } = wordsOf(language).kinds[kindOfState(state)]
        expect(text).toContain(state === 'queued' ? wordsOf(language).queued.next : title)
        const { aiNotice, aiNoticeOfAll, another } = wordsOf(language)
        const withFilm = !['failed', 'cancelled', 'rejected', 'expired', 'deleted'].includes(state)
        expect([text.includes(`<p data-notice>${aiNotice}`), text.includes(aiNoticeOfAll)]).toEqual([withFilm, !withFilm])
        expect(text.includes(another)).toBe(['rejected', 'expired', 'deleted'].includes(state))
      }
    }
  })

  it('P13: a page that is about no film speaks of none', async () => {
    const { aiNotice, aiNoticeOfAll, patience } = wordsOf('en')
    for (const path of ['/code', '/v/short', `/v/${newToken()}`]) {
      const { text } = await page(path)
      expect([text.includes(aiNoticeOfAll), text.split('<body')[1]?.includes(aiNotice)], path).toEqual([true, false])
    }
    expect((await page(`/v/${newToken()}`)).text).toContain(patience)
  })

  it('P2: another language is a link away, and everything on the page keeps to it', async () => {
    const { path } = await door.putVisit('queued')
    const { text } = await page(path, { headers: { 'accept-language': 'en' } })
    for (const language of LANGUAGES.filter((other) => other !== 'en')) {
      expect(text).toContain(`href="${path}?lang=${language}"`)
      const chosen = await page(`${path}?lang=${language}`, { headers: { 'accept-language': 'en' } })
      expect(chosen.text).toContain(`<html lang="${language}" dir="${directionOf(language)}">`)
      expect(chosen.text).toContain(`data-query="?lang=${language}"`)
      const state = await get(`${path}/state?lang=${language}`, { headers: { 'accept-language': 'en' } })
      expect(await state.json()).toMatchObject({ title: wordsOf(language).queued.next })
    }
    for (const nonsense of ['xx', '', '__proto__', 'de&lang=it']) {
      expect((await page(`${path}?lang=${nonsense}`)).text, nonsense).toContain('data-query=""')
    }
  })

  it('P2: a page that waits stands before its world’s empty stage, never before somebody else', async () => {
    const stray = await page(`/v/${newToken()}`)
    const sleeper = await page((await door.putVisit('started')).path)
    for (const { text } of [stray, sleeper]) expect(text).toContain(`/media/packs/${sha256(TINY_BACKDROP)}`)
    const making = await page((await door.putVisit('rendering')).path)
    expect(making.text.split('<body')[1]).not.toContain(sha256(TINY_BACKDROP))
  })

  it('P2: a failed visit says why, and what to do', async () => {
    for (const code of ['clip-too-dark', 'engine-failed'] as const) {
      const { path } = await door.putVisit('failed', { code })
      const { text } = await page(path, { headers: { 'accept-language': 'it' } })
      expect(text).toContain(failureSentence('it', code).replaceAll("'", '&#39;'))
      expect(text).toContain(wordsOf('it').recordAgain)
    }
  })

  it('E1: what the visitor has not agreed to is not given out, but can be deleted', async () => {
    const agreed = await door.putReady(FILM, TINY_PICTURE, { firstName: 'Alessandra' })
    const render = { renderId: `${agreed.visitId}-r1`, number: 1, tier: 'cloud' as const, queuedAt: 1, folders: [] }
    for (const path of [`${agreed.path}/reel`, `${agreed.path}/poster`]) expect((await get(path)).status).toBe(200)
    const change = (fields: Pick<Visit, 'consent'> | Pick<Visit, 'render'>) =>
      door.store.update(agreed.visitId, (visit) => ({ ...visit, seq: visit.seq + 1, ...fields }))
    const { consent } = agreed.visit
    // Made in the cloud, which is a purpose of its own; and without any purpose at all.
    for (const fields of [{ render }, { consent: { ...consent, purposes: [] } }]) {
      await change(fields)
      for (const part of ['reel', 'poster', 'captions.vtt', 'events']) {
        const answer = await get(`${agreed.path}/${part}`)
        expect(answer.status, part).toBe(403)
        expect(await answer.json()).toEqual(refuse('consent-missing'))
      }
      const { text } = await page(agreed.path)
      expect(text).toContain('data-kind="held"')
      expect(text).not.toContain('/reel')
      expect(text).not.toContain('Alessandra')
      expect(await (await get(`${agreed.path}/state`)).json()).toMatchObject({ kind: 'held' })
    }
    expect((await get(agreed.path, { method: 'DELETE' })).status).toBe(204)
  })

  it('P3: news come as they happen, until nothing more can come', async () => {
    const { path, visitId } = await door.putVisit('uploading')
    const stop = new AbortController()
    const answer = await get(`${path}/events`, { signal: stop.signal })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const kinds: string[] = []
    const reading = (async () => {
      let text = ''
      for await (const piece of answer.body ?? []) {
        text += Buffer.from(piece).toString()
        for (const line of text.split('\n').slice(0, -1))
          if (line.startsWith('data: {')) kinds.push(JSON.parse(line.slice(6)).kind)
        text = text.slice(text.lastIndexOf('\n') + 1)
      }
    })()
    await vi.waitFor(() => expect(kinds).toEqual(['uploading']))
    await door.store.update(visitId, (visit) => ({ ...visit, seq: 2, state: 'held' }))
    await vi.waitFor(() => expect(kinds.at(-1)).toBe('held'))
    await door.store.update(visitId, (visit) => ({ ...visit, seq: 3, state: 'rejected' }))
    await vi.waitFor(() => expect(kinds.at(-1)).toBe('rejected'))
    // The server ends it: nothing more can come.
    await reading
    stop.abort()
  })

  it('P3: one page has so many listeners and no more; beyond, it is told to ask', async () => {
    const { path } = await door.putVisit('uploading')
    const stop = new AbortController()
    const answers = await Promise.all(Array.from({ length: 14 }, () => get(`${path}/events`, { signal: stop.signal })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array(12).fill(200), 503, 503])
    expect((await get(`${path}/state`)).status).toBe(200)
    stop.abort()
  })

  it('P4: a finished film plays, downloads and can be deleted without JavaScript', async () => {
    const { path } = await door.putReady(FILM, TINY_PICTURE, { firstName: 'Ann' })
    const { text } = await page(path)
    expect(text).toMatch(
      new RegExp(`<video src="${path}/reel" poster="${path}/poster" width="720" height="1280" controls playsinline`),
    )
    expect(text).toContain(`href="${path}/reel?download=1"`)
    expect(text).toContain(`<form method="post" action="${path}/delete">`)
    expect(text).toContain('Ann, your film')
    expect(text).toMatch(/Kept until \d+ \w+ 20\d\d/)
    const waiting = await page((await door.putVisit('uploading')).path)
    expect(waiting.text).toContain('<noscript><meta http-equiv="refresh"')
  })

  it('P5: the module is one file of at most 15 kB gzipped; nothing comes from elsewhere', async () => {
    const { script, files } = await buildPickupAssets()
    const module = files.get(script.split('/').at(-1) ?? '')
    if (!module) throw new Error('no module')
    expect(gzipSync(module.bytes).length).toBeLessThan(15_000)
    expect(module.bytes.toString()).not.toMatch(/import[ ({"']/)
    const { answer: shown, text } = await page(`/v/${newToken()}`)
    const everything = text + module.bytes
    expect(everything.replaceAll(door.origin, '').replaceAll('http://www.w3.org', '')).not.toMatch(/https?:\/\//)
    // The style sheet is in the page, let in by its hash and nothing else: no round trip stands before the first picture.
    const [, style = ''] = /<style>([^<]+)<\/style>/.exec(text) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    const policy = shown.headers.get('content-security-policy')?.split('; ')
    expect(policy).toContain(`style-src 'sha256-${hash}'`)
    expect(text).not.toMatch(/rel="stylesheet"|style="/)
    for (const name of files.keys()) {
      const answer = await get(`/v/assets/${name}`)
      expect([answer.status, answer.headers.get('cache-control')], name).toEqual([200, 'public, max-age=31536000, immutable'])
    }
    // Text goes out packed to whoever reads that, and plain to everybody else.
    for (const path of [script, `/v/${newToken()}`]) {
      const packed = await get(path, { headers: { 'accept-encoding': 'gzip' } })
      const plain = await get(path, { headers: { 'accept-encoding': 'gzip;q=0' } })
      expect([packed.headers.get('content-encoding'), plain.headers.get('content-encoding')], path).toEqual(['gzip', null])
      expect(packed.headers.get('vary'), path).toContain('Accept-Encoding')
    }
    for (const name of ['..%2fpage.ts', 'nothing.js', '__proto__', '%00'])
      expect((await get(`/v/assets/${name}`)).status).toBe(404)
  })

  it('P6: the film answers ranges, and downloads under its own name in any script', async () => {
    const { path } = await door.putReady(FILM, TINY_PICTURE, { language: 'ja', firstName: "ليلى O'Neil/*" })
    const part = await get(`${path}/reel`, { headers: { range: 'bytes=0-1' } })
    expect([part.status, part.headers.get('content-range'), part.headers.get('content-type')]).toEqual([
      206,
      `bytes 0-1/${FILM.length}`,
      'video/mp4',
    ])
    expect((await get(`${path}/reel`, { headers: { range: `bytes=${FILM.length}-` } })).status).toBe(416)
    const down = await get(`${path}/reel?download=1`)
    const disposition = down.headers.get('content-disposition') ?? ''
    expect(disposition).toMatch(/^attachment; filename="fanreel-tiny\.mp4"; filename\*=UTF-8''[\w%.-]+$/)
    expect(decodeURIComponent(disposition.split("''")[1] ?? '')).toBe("ليلى O'Neil (ja).mp4")
    expect(Buffer.from(await down.arrayBuffer()).equals(FILM)).toBe(true)
    const head = await get(`${path}/reel`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([
      200,
      String(FILM.length),
      'bytes',
    ])
    expect((await get(`${path}/poster`)).headers.get('content-type')).toBe('image/jpeg')
  })

  it('P6: a film is given out while it is ready and at no other time', async () => {
    const { path, visitId } = await door.putReady(FILM, TINY_PICTURE)
    for (const state of ['held', 'rejected', 'expired', 'queued'] as const) {
      await door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state }))
      expect((await get(`${path}/reel`)).status, state).toBe(404)
      expect((await get(`${path}/poster`)).status, state).toBe(404)
      expect((await page(path)).text, state).not.toContain('<video')
    }
  })

  it('P6: a link to a film that is not given out leads to words in the visitor’s language, with a status that says so', async () => {
    const { path, visitId } = await door.putReady(FILM, TINY_PICTURE)
    const follow = (address: string) => page(address, { headers: { accept: 'text/html,*/*;q=0.8', 'accept-language': 'de' } })
    for (const [state, status] of [
      ['expired', 410],
      ['queued', 404],
      ['held', 404],
    ] as const) {
      await door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state }))
      const { answer, text } = await follow(`${path}/reel?download=1`)
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-disposition')], state).toEqual([
        status,
        'text/html; charset=utf-8',
        null,
      ])
      expect(text, state).toContain('lang="de"')
      expect(text, state).toContain(
        (await page(path, { headers: { 'accept-language': 'de' } })).text.match(/<h1[^>]*>[^<]*/)?.[0],
      )
    }
    expect((await follow(`/v/${newToken()}/reel`)).answer.status).toBe(404)
    // A player is told by code.
    expect((await get(`${path}/reel`)).headers.get('content-type')).toMatch(/^application\/json/)
  })

  it('P20: captions say when music and voice are heard, in the page’s language, and are given out with the film alone', async () => {
    const { path, visitId } = await door.putReady(FILM, TINY_PICTURE)
    const [, address = ''] =
      /<track kind="captions"\s+src="([^"]+)" srclang="it" label="/.exec((await page(`${path}?lang=it`)).text) ?? []
    const { answer, text } = await page(address)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/vtt; charset=utf-8'])
    expect(text).toContain(`[${wordsOf('it').captions.heard.voice}]`)
    await door.store.update(visitId, (visit) => ({ ...visit, seq: visit.seq + 1, state: 'held' }))
    expect((await get(address)).status).toBe(404)
  })

  it('P7: deleting reaches everything, from the form and by DELETE, and may be repeated', async () => {
    for (const method of ['form', 'delete'] as const) {
      const { path, visitId } = await door.putReady(FILM, TINY_PICTURE)
      const init =
        method === 'form'
          ? { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' }
          : { method: 'DELETE' }
      const address = method === 'form' ? `${path}/delete` : path
      const answer = await get(address, init)
      expect([answer.status, answer.headers.get('location')]).toEqual(method === 'form' ? [303, path] : [204, null])
      const { text } = await page(path)
      expect(text).toContain('data-kind="deleted"')
      for (const part of ['film', 'recording-before'] as const) expect(text).toContain(wordsOf('en').erased.parts[part])
      expect(text).not.toContain(wordsOf('en').erased.parts.work)
      expect((await get(`${path}/reel`)).status).toBe(404)
      expect(await door.media.removeAll(`${EVENT_ID}/visits/${visitId}/`)).toBe(0)
      expect((await get(address, init)).status).toBe(answer.status)
    }
    expect(await (await get(`/v/${newToken()}`, { method: 'DELETE' })).json()).toEqual(refuse('visit-unknown'))
  })

  it('P8: looking changes nothing: robots, previews and HEAD spend nothing', async () => {
    const { path, visitId } = await door.putReady(FILM, TINY_PICTURE)
    const before = await door.store.get(visitId)
    for (const agent of ['WhatsApp/2.23', 'facebookexternalhit/1.1', 'Twitterbot/1.0']) {
      for (const method of ['GET', 'HEAD']) {
        for (const address of [path, `${path}/poster`, `${path}/reel`, `${path}/state`, `${path}/events`, `${path}/delete`]) {
          await (await get(address, { method, headers: { 'user-agent': agent } })).arrayBuffer()
        }
      }
    }
    expect(await door.store.get(visitId)).toEqual(before)
    const waiting = await door.putVisit('uploading')
    const head = await get(`${waiting.path}/events`, { method: 'HEAD', signal: AbortSignal.timeout(5_000) })
    expect(head.headers.get('content-type'), 'no stream is opened').not.toContain('text/event-stream')
    const { text } = await page(path)
    expect(text).toContain(`<meta property="og:image" content="${door.origin}${path}/poster">`)
    expect(text).toContain('<meta property="og:title" content="Tiny World · Winter Games">')
    expect(text).toContain(`<meta name="twitter:image" content="${door.origin}${path}/poster">`)
    expect(text).toContain('<meta name="twitter:card" content="summary_large_image">')
    const early = (await page(waiting.path)).text
    expect(early, 'nothing that asks for the film before it is there').not.toContain('/poster"')
    expect(early).toContain(`<meta property="og:image" content="${door.origin}/media/packs/${sha256(TINY_PICTURE)}">`)
  })

  it('P9: search engines and other sites learn nothing of a page', async () => {
    const { answer, text } = await page((await door.putVisit('queued')).path)
    expect(answer.headers.get('x-robots-tag')).toContain('noindex')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(text).toContain('content="noindex, nofollow"')
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  it('P12: a first name stands on the finished page alone, and never in a link’s preview', async () => {
    for (const state of ['queued', 'rendering', 'failed'] as const) {
      expect((await page((await door.putVisit(state, { firstName: 'Zaphod' })).path)).text).not.toContain('Zaphod')
    }
    const { text } = await page((await door.putReady(FILM, TINY_PICTURE, { firstName: 'Zaphod' })).path)
    expect(text.split('</head>')[0]).not.toContain('Zaphod')
    expect(text).toContain('Zaphod')
  })

  it('P10: a venue behind one address gets its pages all the same, and is asked to come back less often', async () => {
    const own = await startFrontDoor()
    const known = await own.putVisit('queued')
    const answers = new Map<string, number>()
    for (let round = 0; round < 13; round++) {
      const asked = await Promise.all(Array.from({ length: 50 }, () => fetch(`${own.origin}/v/${newToken()}/state`)))
      for (const answer of asked) {
        expect(await answer.json()).toMatchObject({ kind: 'not-here-yet', live: true })
        const told = `${answer.status} ${answer.headers.get('retry-after')}`
        answers.set(told, (answers.get(told) ?? 0) + 1)
      }
    }
    expect(Object.fromEntries(answers)).toEqual({ '200 null': 600, '200 20': 50 })
    const first = await fetch(`${own.origin}/v/${newToken()}`)
    expect([first.status, first.headers.get('retry-after')]).toEqual([200, '20'])
    expect(await first.text()).toContain('data-kind="not-here-yet"')
    const mine = await fetch(known.url)
    expect([mine.status, mine.headers.get('retry-after')]).toEqual([200, null])
    await own.stop()
  })
})
