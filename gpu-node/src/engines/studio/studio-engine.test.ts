import { createHash } from 'node:crypto'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Shot } from '@fanreel/protocol'
import { createCanvas } from '@napi-rs/canvas'
import { afterAll, describe, expect, it } from 'vitest'
import { failureOf } from '../../failure.ts'
import { scratchFolder } from '../../media/scratch-folder.ts'
import { loadPack } from '../../pack.ts'
import { describeEngine } from '../engine.conformance.ts'
import { SKATING, shotOf, shotRequests } from '../shot-request.fixture.ts'
import { CACHE_DIR } from './compositor/compositor.fixture.ts'
import { createStudio } from './studio-engine.ts'

const request = await shotRequests(await scratchFolder())
const one = createStudio({ cacheDir: CACHE_DIR, threads: 1 })
const two = createStudio({ cacheDir: CACHE_DIR, threads: 2 })
afterAll(() => Promise.all([one.close(), two.close()]))

/** What a shot's pictures are, all of them. */
const drawn = async (studio: typeof one, shot: Shot): Promise<Buffer> => {
  const { path, frames } = await studio.renderShot(request(shot, await scratchFolder()))
  const pictures = await readFile(path)
  expect(frames).toBe(shot.frames)
  expect(pictures.length).toBe((shot.frames * 360 * 640 * 3) / 2)
  return pictures
}

describeEngine('the studio', () => Promise.resolve(createStudio({ cacheDir: CACHE_DIR, threads: 2 })))

describe('the studio', () => {
  it('draws the same pictures by any number of threads, whatever a thread has drawn before', async () => {
    const shots = [shotOf('boards', 4), shotOf('echo', 4, 0.4), shotOf('silhouette', 3), shotOf('screen', 3, 0.5)]
    const alone: Buffer[] = []
    for (const shot of shots) alone.push(await drawn(one, shot))
    const together = await Promise.all([...shots].reverse().map((shot) => drawn(two, shot)))
    together.reverse().forEach((pictures, k) => void expect(pictures.equals(alone[k] ?? Buffer.alloc(0))).toBe(true))
  })

  it('lets go of an aborted shot, file and all, and draws on', async () => {
    const stopping = new AbortController()
    const scratch = await scratchFolder()
    const aborted = one.renderShot(
      request(shotOf('boards', 20_000), scratch, {
        signal: stopping.signal,
        onProgress: ({ drawn }) => drawn === 2 && stopping.abort(new Error('enough')),
      }),
    )
    await expect(aborted).rejects.toThrow('enough')
    expect(await readdir(scratch)).toEqual([])
    expect((await drawn(one, shotOf('boards', 2))).length).toBeGreaterThan(0)
  })

  /** What comes of a shot before a plate or occluder of a copy of the pack in which one file was spoilt. */
  const faultOf = async (file: string, spoil: (path: string) => Promise<void>): Promise<unknown> => {
    const home = join(await scratchFolder(), 'pack')
    await cp(SKATING, home, { recursive: true, filter: (path) => !path.includes('/scene') })
    // What was baked of the pack as it should be is kept by its hash.
    const broken = await loadPack(home, createHash('sha256').update(home).digest('hex'))
    const { plates, views } = broken.pack
    const plate = plates.find((each) => [each.file, ...each.layers.map((layer) => layer.file)].includes(file))
    const view = views.find((each) => each.plate === plate?.id || each.occluder?.file === file)
    await spoil(join(home, file))
    const asked = request({ ...shotOf('boards', 2), plateView: view?.id ?? '' }, await scratchFolder(), { pack: broken })
    return one.renderShot({ ...asked, shotList: { ...asked.shotList, packHash: broken.hash } }).catch((error: unknown) => error)
  }

  it.each([
    ['plates/arena.jpg', 0.5],
    ['layers/arena-phones-1.webp', 0.5],
    ['occluders/boards.webp', 0.9],
    ['occluders/boards.webp', 0],
  ])('N13: a picture of which the pack has only a part is the pack’s fault: %s, %d of it', async (file, share) => {
    const fault = await faultOf(file, async (path) => {
      const whole = await readFile(path)
      await writeFile(path, whole.subarray(0, Math.floor(whole.length * share)))
    })
    expect(fault).toMatchObject({ message: `${file} is no whole JPEG, PNG or WebP picture` })
    expect(failureOf(fault, 'draw')).toEqual({ code: 'pack-broken', class: 'retry' })
  })

  it.each<[string, (path: string) => Promise<void>]>([
    ['gone', (path) => rm(path)],
    ['of another size than the pack says', (path) => writeFile(path, createCanvas(108, 192).toBuffer('image/jpeg'))],
    ['too large to be decoded', (path) => writeFile(path, createCanvas(5_000, 8).toBuffer('image/png'))],
    ['another kind of file', (path) => writeFile(path, '<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ])('N13: a picture that is %s is the pack’s fault', async (_, spoil) =>
    expect(failureOf(await faultOf('plates/arena.jpg', spoil), 'draw')).toEqual({ code: 'pack-broken', class: 'retry' }),
  )

  it('says what a thread could not do', async () => {
    const nowhere = { ...shotOf('boards', 2), plateView: 'the moon' }
    await expect(one.renderShot(request(nowhere, await scratchFolder()))).rejects.toThrow('the moon')
    const lost = request(shotOf('boards', 2), join(CACHE_DIR, 'not', 'there'))
    await expect(one.renderShot(lost)).rejects.toThrow('ENOENT')
  })
})
