import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IS_WHOLE } from '../../tests/support/whole.ts'
import type { Engine } from './engines/engine.ts'
import { createRoster } from './engines/roster.ts'
import { CACHE_DIR } from './engines/studio/compositor/compositor.fixture.ts'
import { createStudio } from './engines/studio/studio-engine.ts'
import { type LoadedPack, loadPack } from './pack.ts'
import { type FilmProgress, makeFilm } from './render.ts'
import { PACK_FOLDER, SAMPLE_VISITOR } from './verify/short-film.fixture.ts'
import { buildCast } from './vision/build-cast.ts'
import type { Cast } from './vision/cast.ts'
import { loadModels, type Models } from './vision/models/load-models.ts'

const studio = createStudio({ cacheDir: CACHE_DIR })
const { signal } = new AbortController()

/** A quarter of a film's pixels: what happens to it is the same. */
const SMALL = { width: 360, height: 640 }
/** The shipped world with a story of three slots, the eyes among them: enough to be drawn again, and to be stopped in. */
const shortWorld = async (): Promise<LoadedPack> => {
  const world = await loadPack(PACK_FOLDER)
  const story = world.pack.story.filter(({ id }) => ['entrance', 'interview', 'eyes'].includes(id))
  return { ...world, pack: { ...world.pack, story } }
}

let folder: string
let models: Models
let cast: Cast
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-redraw-'))
  models = await loadModels()
  const built = await buildCast({ clip: SAMPLE_VISITOR, scratch: folder, models, signal, usedMs: 2_500 })
  if ('usable' in built) throw new Error(built.code)
  cast = built
}, 120_000)
afterAll(async () => {
  await studio.close()
  await rm(folder, { recursive: true, force: true })
})

/** The studio, but what it draws of one treatment comes out black, however gently it is asked. */
const blindTo = (treatment: string, drawn: string[]): Engine => ({
  ...studio,
  renderShot: async (request) => {
    drawn.push(`${request.shot.slot} as ${request.shot.treatment}, ${request.gentleness}`)
    const done = await studio.renderShot(request)
    if (request.shot.treatment !== treatment) return done
    const { width, height } = request.shotList
    const black = Buffer.alloc((width * height * 3) / 2, 128)
    black.fill(16, 0, width * height)
    await writeFile(done.path, Buffer.concat(Array.from({ length: done.frames }, () => black)))
    return done
  },
})

describe('a whole film', () => {
  // How often, and which shots, is told by redraw.test.ts; the films that follow go the same way.
  if (IS_WHOLE)
    it('F16: has a shot that fails drawn another way once, then in its plain variant, and no other shot again', async () => {
      const drawn: string[] = []
      const progress: FilmProgress[] = []
      const film = await makeFilm({
        clip: SAMPLE_VISITOR,
        cast,
        pack: await shortWorld(),
        language: 'en',
        seed: 3,
        scratch: folder,
        models,
        policy: { prefer: ['studio'], redrawAbove: 0.35 },
        roster: createRoster([blindTo('close-up', drawn)]),
        size: SMALL,
        signal,
        onProgress: (one) => progress.push(one),
      })
      if (!film.ok) throw new Error(film.code)
      const shot = film.shotList.shots.find(({ slot }) => slot === 'eyes')!
      expect(shot.treatment).not.toBe('close-up')
      expect(shot.reason).toMatch(/^drawn plainly/)
      expect(drawn.filter((one) => one.startsWith('eyes'))).toEqual([
        'eyes as close-up, 0',
        'eyes as close-up, 1',
        `eyes as ${shot.treatment}, 1`,
      ])
      expect(drawn.length).toBe(film.shotList.shots.length + 2)
      // Whatever is made again, nobody's wait goes backwards, and each stage has its time.
      const fractions = progress.map(({ fraction }) => fraction)
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
      expect(fractions.at(-1)).toBe(1)
      for (const stage of ['draw', 'assemble', 'verify'] as const) expect(film.report.stagesMs[stage]).toBeGreaterThan(0)
    }, 600_000)

  describe('F33: that is stopped throws that reason, and no program and no drawing goes on', () => {
    const stages = [
      ['while it is drawn', 'draw', 0.4],
      // A whole film is drawn before.
      ['while it is verified', 'verify', 0.94],
    ] as const
    it.each(IS_WHOLE ? stages : stages.slice(0, 1))('%s', async (_, stage, fraction) => {
      const stopping = new AbortController()
      const enough = new Error('enough')
      const scratch = await mkdtemp(join(folder, 'stopped-'))
      const film = makeFilm({
        clip: SAMPLE_VISITOR,
        cast,
        pack: await shortWorld(),
        language: 'en',
        seed: 3,
        scratch,
        models,
        policy: { prefer: ['studio'], redrawAbove: 0.35 },
        roster: createRoster([studio]),
        size: SMALL,
        signal: stopping.signal,
        onProgress: (one) => one.stage === stage && one.fraction >= fraction && stopping.abort(enough),
      })
      await expect(film).rejects.toBe(enough)
      // Nothing of it is at work any more: what is deleted now is not written again.
      expect(process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap')).toEqual([])
      await rm(scratch, { recursive: true })
      await studio.warmUp(signal)
      expect(await readdir(folder)).not.toContain(basename(scratch))
    })
  })

  it('F6: is directed and drawn at the size that was asked for', async () => {
    const asked: string[] = []
    const engine: Engine = {
      ...studio,
      renderShot: ({ shotList: { width, height } }) => {
        asked.push(`${width}x${height}`)
        return Promise.reject(new Error('seen enough'))
      },
    }
    const size = { width: 1080, height: 1920 }
    const policy = { prefer: ['studio' as const], redrawAbove: 0.35 }
    const scratch = await mkdtemp(join(folder, 'size-'))
    const film = {
      clip: SAMPLE_VISITOR,
      cast,
      pack: await loadPack(PACK_FOLDER),
      language: 'en' as const,
      seed: 3,
      scratch,
      models,
    }
    await expect(makeFilm({ ...film, policy, roster: createRoster([engine]), size, signal })).rejects.toThrow()
    expect(new Set(asked)).toEqual(new Set(['1080x1920']))
  })
})
