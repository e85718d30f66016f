/** The whole loop with real people: kiosk upload, queue, node, film, pickup. No screen; tests/e2e has those. */
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Uploader } from '@fanreel/kiosk-ui/uploader'
import { Language, ShotList } from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesHolding, filesUnder } from '../support/files-under.ts'
import { type Installation, startInstallation } from '../support/installation.ts'
import { awkwardClip, hasMedia, needsMedia, sampleVisitor, visitorClip } from '../support/media.ts'
import { probeReel } from '../support/probe-reel.ts'
import { isOver, openKiosk, sendVisitor, type Visitor } from '../support/visitor.ts'
import { IS_WHOLE } from '../support/whole.ts'

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

/**
 * Names no dictionary, log format or code would hold by chance. Two people here and one before the browser's camera
 * (tests/e2e); tests/media makes a film of everybody. Without the media folder the sample visitor stands in.
 */
const people = hasMedia
  ? [
      { file: visitorClip('man-a-take-1.mp4'), firstName: 'Zebulonius', language: 'ar' },
      { file: visitorClip('woman-b-silent.mkv'), firstName: 'ゼブリナ', language: 'ja' },
    ]
  : [{ file: sampleVisitor, firstName: 'Zebulonius', language: 'en' }]

/** Memory a node may take at its highest, in kB: 1.5 GB (VmHWM of proc(5), file pages included). */
const NODE_MEMORY_KB = 1_500_000

const peakMemoryKb = async (pid: number | undefined): Promise<number> =>
  Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])

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
  it('makes a film of each visitor, and tells no log or database who they are', async () => {
    const visitors: Visitor[] = []
    for (const { file, firstName, language } of people) {
      visitors.push(await sendVisitor(kiosk, installation, { clip: file, firstName, language: Language.parse(language) }))
    }
    // The last one sees a true place in the queue, and a wait as soon as one film has told how long they take.
    await visitors.at(-1)?.until((view) => view.state === 'queued' && view.place !== undefined)
    const lists: ShotList[] = []
    // Who comes last gives up in the short form, having seen how long it will take.
    const filmed = IS_WHOLE ? visitors : visitors.slice(0, 1)
    for (const visitor of filmed) {
      const list = await shotListOf((await expectGoodFilm(visitor)).files)
      expect(list.shots.length).toBeGreaterThanOrEqual(5)
      expect(new Set(list.shots.map((shot) => shot.framing)).size).toBeGreaterThanOrEqual(3)
      for (const differing of ['plateView', 'camera', 'treatment'] as const)
        expect(new Set(list.shots.map((shot) => shot[differing])).size, differing).toBe(list.shots.length)
      // The visitor was shown frames of their film while it was made.
      expect(visitor.views.some((view) => (view.previews?.length ?? 0) > 0)).toBe(true)
      lists.push(list)
    }
    if (visitors.length > 1) await visitors.at(-1)?.until((view) => view.waitMs !== undefined)
    for (const visitor of visitors.slice(filmed.length))
      expect((await fetch(visitor.pickupUrl, { method: 'DELETE' })).ok).toBe(true)
    const sources = lists.map((list) => JSON.stringify(list.shots.map((shot) => shot.source)))
    expect(new Set(sources).size).toBe(lists.length)
    for (const [index, visitor] of visitors.entries()) {
      for (const secret of [visitor.pickupToken, people[index]?.firstName ?? ''])
        for (const where of ['logs', 'redis']) expect(await filesHolding(join(installation.folder, where), secret)).toEqual([])
    }
    // The node keeps nothing of anybody.
    await expect.poll(() => filesUnder(join(installation.folder, 'work')), { timeout: 20_000 }).toEqual([])
    expect(await peakMemoryKb(installation.nodes.get('node-1')?.process.pid)).toBeLessThan(NODE_MEMORY_KB)
  }, 900_000)

  it('names what is no film before anything is queued', async () => {
    const clip = Buffer.from('not a film at all'.repeat(9))
    const refused = await sendVisitor(kiosk, installation, { clip }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'clip-unreadable' })
  })

  it.skipIf(!hasMedia)(
    `tells a visitor in their language why a clip cannot become a film, and takes the next one${needsMedia}`,
    async () => {
      const visitor = await sendVisitor(kiosk, installation, { clip: awkwardClip('all_black_silent.mp4'), language: 'it' })
      const view = await visitor.until(isOver)
      expect(view).toMatchObject({ state: 'failed', code: 'clip-too-dark' })
      expect(await (await fetch(visitor.pickupUrl)).text()).toContain('troppo buio')
      const again = await kiosk.retake(visitor.visitId)
      expect(again).toMatchObject({ state: 'recorded' })
      const source = new Uint8Array(await readFile(awkwardClip('short_3_frames.mp4')))
      await kiosk.send({ visitId: visitor.visitId, source, mime: 'video/mp4' })
      const next = await visitor.until((later) => later.seq > again.seq && isOver(later))
      expect(next).toMatchObject({ state: 'failed', code: 'clip-too-short' })
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
