/** The whole loop with real people: kiosk upload, queue, node, film, pickup. No screen; tests/e2e has those. */
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Uploader } from '@fanreel/kiosk-ui/uploader'
import { ShotList } from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesHolding, filesUnder } from '../support/files-under.ts'
import { type Installation, startInstallation } from '../support/installation.ts'
import { awkwardClip, hasMedia, needsMedia, sampleVisitor, visitorClip } from '../support/media.ts'
import { probeReel } from '../support/probe-reel.ts'
import { isOver, openKiosk, sendVisitor, type Visitor } from '../support/visitor.ts'

let installation: Installation
let kiosk: Uploader

beforeAll(async () => {
  installation = await startInstallation()
  kiosk = openKiosk(installation)
}, 120_000)
afterAll(async () => {
  kiosk?.close()
  await installation?.stop()
})

/** Names no dictionary, log format or code would hold by chance. */
const people = [
  { who: 'a man, head and shoulders, speaking', file: visitorClip('man-a-take-1.mp4'), firstName: 'Zebulonius', language: 'en' },
  {
    who: 'a man to the thighs, gesturing',
    file: visitorClip('man-b-gestures-with-speech.mp4'),
    firstName: 'Qwertolo',
    language: 'it',
  },
  { who: 'a woman, head and shoulders, speaking', file: visitorClip('woman-a.mp4'), firstName: 'زبرجدة', language: 'ar' },
  { who: 'a woman to the thighs, silent', file: visitorClip('woman-b-silent.mkv'), firstName: 'ゼブリナ', language: 'ja' },
] as const

const storyOf = async (visitor: Visitor) => {
  const files = await filesUnder(join(installation.folder, 'media'))
  return files.filter((file) => file.includes(visitor.visitId))
}

/** All that must be true of a visit that ended well. */
const expectGoodFilm = async (visitor: Visitor) => {
  const view = await visitor.until(isOver, 400_000)
  expect(view).toMatchObject({ state: 'ready' })
  expect(visitor.states.slice(-3)).toEqual(['queued', 'rendering', 'ready'])

  const page = await fetch(visitor.pickupUrl)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<video')

  const part = await fetch(`${visitor.pickupUrl}/reel`, { headers: { range: 'bytes=0-99' } })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-type')).toBe('video/mp4')
  expect((await part.arrayBuffer()).byteLength).toBe(100)

  const whole = await fetch(`${visitor.pickupUrl}/reel?download=1`)
  expect(whole.headers.get('content-disposition')).toContain('attachment')
  const path = join(installation.folder, `${visitor.visitId}.mp4`)
  await writeFile(path, Buffer.from(await whole.arrayBuffer()))
  const facts = await probeReel(path)
  expect(facts.video).toMatchObject({
    codec: 'h264',
    profile: 'High',
    pixelFormat: 'yuv420p',
    width: 720,
    height: 1280,
    fps: '24/1',
  })
  expect(facts.audio.codec).toBe('aac')
  expect(facts.fastStart).toBe(true)
  expect(facts.seconds).toBeGreaterThan(13)
  expect(facts.seconds).toBeLessThan(17)

  // The clip and the previews are gone; the reel, its poster, its shot list and the sealed sheet stay.
  const files = await storyOf(visitor)
  const kinds = files.map((file) => basename(file).replace(/-[0-9a-f]{64}$/, '')).sort()
  expect(kinds).toEqual(['poster', 'reel', 'sheet', 'shot-list'])
  return { files, path }
}

const shotListOf = async (files: string[]): Promise<ShotList> => {
  const path = files.find((file) => file.includes('shot-list'))
  return ShotList.parse(JSON.parse(await readFile(path ?? '', 'utf8')))
}

describe('the whole loop', () => {
  it('makes a film of the sample visitor', async () => {
    const visitor = await sendVisitor(kiosk, installation, { clip: sampleVisitor, firstName: 'Vita' })
    const { files } = await expectGoodFilm(visitor)
    const list = await shotListOf(files)
    expect(list.shots.length).toBeGreaterThanOrEqual(5)
    expect(new Set(list.shots.map((shot) => shot.framing)).size).toBeGreaterThanOrEqual(3)
    expect(new Set(list.shots.map((shot) => shot.plateView)).size).toBe(list.shots.length)
    // The visitor was shown frames of their film while it was made.
    expect(visitor.views.some((view) => (view.previews?.length ?? 0) > 0)).toBe(true)
  }, 420_000)

  it.skipIf(!hasMedia)(
    `makes a film of each real person, and tells no log or database who they are${needsMedia}`,
    async () => {
      const visitors = []
      for (const { file, firstName, language } of people) {
        visitors.push(await sendVisitor(kiosk, installation, { clip: file, firstName, language }))
      }
      // The last one sees a true place in the queue.
      await visitors.at(-1)?.until((view) => view.state === 'queued' && view.place !== undefined && view.waitMs !== undefined)
      const lists: ShotList[] = []
      for (const visitor of visitors) lists.push(await shotListOf((await expectGoodFilm(visitor)).files))
      const sources = lists.map((list) => JSON.stringify(list.shots.map((shot) => shot.source)))
      expect(new Set(sources).size).toBe(lists.length)
      for (const [index, visitor] of visitors.entries()) {
        expect(await filesHolding(join(installation.folder, 'logs'), visitor.pickupToken)).toEqual([])
        expect(await filesHolding(join(installation.folder, 'redis'), visitor.pickupToken)).toEqual([])
        expect(await filesHolding(join(installation.folder, 'logs'), people[index]?.firstName ?? '')).toEqual([])
        expect(await filesHolding(join(installation.folder, 'redis'), people[index]?.firstName ?? '')).toEqual([])
      }
      // The node keeps nothing of anybody.
      expect(await filesUnder(join(installation.folder, 'work'))).toEqual([])
    },
    900_000,
  )

  it('tells a visitor in their language why a clip cannot become a film, and takes the next one', async () => {
    const visitor = await sendVisitor(kiosk, installation, {
      clip: Buffer.from('not a film at all'.repeat(9)),
      language: 'ja',
    }).catch((error: unknown) => error)
    expect(visitor).toMatchObject({ code: 'clip-unreadable' })
  })

  it.skipIf(!hasMedia)(
    `lets a visitor record again after a clip that shows nobody${needsMedia}`,
    async () => {
      const visitor = await sendVisitor(kiosk, installation, { clip: awkwardClip('all_black_silent.mp4'), language: 'it' })
      const view = await visitor.until(isOver)
      expect(view).toMatchObject({ state: 'failed', code: 'clip-too-dark' })
      expect(await (await fetch(visitor.pickupUrl)).text()).toContain('troppo buio')
      expect(await kiosk.retake(visitor.visitId)).toMatchObject({ state: 'recorded' })
    },
    180_000,
  )

  it('deletes a film that is just being made, everywhere', async () => {
    const visitor = await sendVisitor(kiosk, installation, { clip: sampleVisitor })
    await visitor.until((view) => view.state === 'rendering' && view.stage !== undefined && view.stage !== 'fetch')
    const answer = await fetch(visitor.pickupUrl, { method: 'DELETE' })
    expect(answer.ok).toBe(true)
    await visitor.until((view) => view.state === 'deleted')
    expect(await storyOf(visitor)).toEqual([])
    await expect.poll(() => filesUnder(join(installation.folder, 'work')), { timeout: 20_000 }).toEqual([])
    expect((await fetch(`${visitor.pickupUrl}/reel`)).ok).toBe(false)
  }, 180_000)
})
