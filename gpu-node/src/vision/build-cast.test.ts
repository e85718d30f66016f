/** What a cast leaves behind when it does not come to its end: no decoder at work, no half-written pictures. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { SAMPLE_VISITOR } from '../verify/short-film.fixture.ts'
import { buildCast, workingSize } from './build-cast.ts'
import { loadModels, type Models } from './models/load-models.ts'

let models: Models
let scratch: string
beforeAll(async () => {
  models = await loadModels()
})
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'fanreel-cast-'))
})
afterEach(() => rm(scratch, { recursive: true, force: true }))

const children = () => process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap').length
let before: number
beforeAll(() => {
  before = children()
})
const allChildrenGone = () => vi.waitFor(() => expect(children()).toBe(before), { timeout: 5_000, interval: 20 })
const partsLeft = async () => (await readdir(scratch)).filter((name) => name.startsWith('cutouts'))

type Failing = 'segmentation' | 'faceMesh'
/** The networks, of which one fails at its `nth` run. */
const failingAt = (which: Failing, nth: number): Models => {
  let runs = 0
  const network = models[which]
  const run = (input: Float32Array) => (++runs === nth ? Promise.reject(new Error('out of memory')) : network.run(input))
  return { ...models, [which]: { ...network, run } }
}

describe('a cast that fails', () => {
  // Three runs a second while scouting; two seconds give six.
  it.each([
    ['while scouting', 'segmentation', 2],
    ['at the first frame', 'faceMesh', 7],
    ['in the middle', 'faceMesh', 20],
  ] as const)('%s says why and leaves nothing behind', async (_, which, nth) => {
    const { signal } = new AbortController()
    const cast = buildCast({ clip: SAMPLE_VISITOR, scratch, models: failingAt(which, nth), signal, usedMs: 2_000 })
    await expect(cast).rejects.toThrow('out of memory')
    await allChildrenGone()
    expect(await partsLeft()).toEqual([])
  })

  it('because the matte cannot open its network says so and leaves nothing behind', async () => {
    const segmentationFile = { onnx: new Uint8Array(100), provider: 'cpu' as const }
    const { signal } = new AbortController()
    const cast = buildCast({ clip: SAMPLE_VISITOR, scratch, models: { ...models, segmentationFile }, signal, usedMs: 1_000 })
    await expect(cast).rejects.toThrow(/model/i)
    await allChildrenGone()
    expect(await partsLeft()).toEqual([])
  })

  it('because it is not wanted any more throws that reason and leaves nothing behind', async () => {
    const stopping = new AbortController()
    const reason = new Error('the lease was lost')
    const cast = buildCast({
      clip: SAMPLE_VISITOR,
      scratch,
      models,
      signal: stopping.signal,
      usedMs: 2_000,
      onProgress: (fraction) => fraction > 0.2 && stopping.abort(reason),
    })
    await expect(cast).rejects.toBe(reason)
    await allChildrenGone()
    expect(await partsLeft()).toEqual([])
  })
})

describe('the size a clip is worked on at', () => {
  it.each([
    [
      { width: 720, height: 1280 },
      { width: 540, height: 960 },
    ],
    [
      { width: 3840, height: 2160 },
      { width: 1192, height: 670 },
    ],
    [
      { width: 160, height: 120 },
      { width: 400, height: 300 },
    ],
    [
      { width: 641, height: 361 },
      { width: 1192, height: 672 },
    ],
  ])('%o is %o: even, of the same shape, neither too large nor enlarged beyond use', (recorded, worked) => {
    expect(workingSize(recorded)).toEqual(worked)
  })
})
