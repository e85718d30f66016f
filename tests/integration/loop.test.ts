/** The whole loop with real people and a real node: kiosk upload, queue, node, film or refusal, pickup. No screen; tests/e2e has those. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Uploader } from '@fanreel/kiosk-ui/uploader'
import { Language } from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesUnder } from '../support/files-under.ts'
import { expectGoodFilm, expectNothingKept, storedOf } from '../support/good-film.ts'
import { type Installation, startInstallation } from '../support/installation.ts'
import { awkwardClip, hasMedia, needsMedia, sampleVisitor, visitorClip } from '../support/media.ts'
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

describe('the whole loop', () => {
  // One film with all that must be true of it is made before a browser's camera as well (tests/e2e/kiosk-flow.test.ts).
  if (IS_WHOLE)
    it('makes a film of each visitor, and tells no log or database who they are', async () => {
      const visitors: Visitor[] = []
      for (const { file, firstName, language } of people) {
        visitors.push(await sendVisitor(kiosk, installation, { clip: file, firstName, language: Language.parse(language) }))
      }
      // The last one sees a true place in the queue, and a wait as soon as one film has told how long they take.
      await visitors.at(-1)?.until((view) => view.state === 'queued' && view.place !== undefined)
      const sources: string[] = []
      for (const visitor of visitors) {
        expect(await visitor.until(isOver, 400_000)).toMatchObject({ state: 'ready' })
        expect(visitor.states.slice(-3)).toEqual(['queued', 'rendering', 'ready'])
        const { shots } = await expectGoodFilm(installation, visitor)
        sources.push(JSON.stringify(shots.map((shot) => shot.source)))
        // The visitor was shown frames of their film while it was made.
        expect(visitor.views.some((view) => (view.previews?.length ?? 0) > 0)).toBe(true)
      }
      if (visitors.length > 1) await visitors.at(-1)?.until((view) => view.waitMs !== undefined)
      expect(new Set(sources).size).toBe(visitors.length)
      await expectNothingKept(
        installation,
        visitors.flatMap(({ pickupToken }, index) => [pickupToken, people[index]?.firstName ?? '']),
      )
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
    expect(await storedOf(installation, visitor.visitId)).toEqual([])
    await expect.poll(() => filesUnder(join(installation.folder, 'work')), { timeout: 20_000 }).toEqual([])
    expect((await fetch(`${visitor.pickupUrl}/reel`)).ok).toBe(false)
  }, 180_000)
})
