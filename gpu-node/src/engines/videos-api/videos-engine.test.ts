import { readdir } from 'node:fs/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { startVideosServer, type VideosFault, type VideosServer } from '../../../contract/videos-server.ts'
import { probe } from '../../media/probe.ts'
import { scratchFolder } from '../../media/scratch-folder.ts'
import { describeEngine } from '../engine.conformance.ts'
import type { Engine } from '../engine.ts'
import { shotOf, shotRequests } from '../shot-request.fixture.ts'
import { CACHE_DIR } from '../studio/compositor/compositor.fixture.ts'
import { createStudio } from '../studio/studio-engine.ts'
import { RECIPES, type Recipe, readRecipe } from './recipe.ts'
import { createVideosApi } from './videos-engine.ts'

const TIMING = { pollMs: 40, callMs: 1_500, workMs: 5_000 }
const studio = createStudio({ cacheDir: CACHE_DIR, threads: 1 })
const request = await shotRequests(await scratchFolder())
const servers: VideosServer[] = []
afterAll(() => studio.close())

const start = async (options: Parameters<typeof startVideosServer>[0] = {}) => {
  const server = await startVideosServer(options)
  servers.push(server)
  return server
}
/** Small pictures: what is tried here is the conversation, not the encoder. */
const small = (dialect: Recipe['dialect'] = 'vllm-omni'): Recipe => ({
  ...readRecipe(`wan22-i2v-${dialect}`),
  width: 96,
  height: 160,
})
const open = (urls: string[], recipe = small()): Engine =>
  createVideosApi({ urls, recipe, studio, timing: TIMING, restMs: 60_000 })

describeEngine('videos-api', async () => open([(await start({ jobMs: 60 })).url]))
afterAll(() => Promise.all(servers.splice(0).map((server) => server.close())))

describe('videos-api', () => {
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))
  const shot = () => shotOf('boards', 20)

  it.each(['vllm-omni', 'sglang'] as const)('D10: asks in the dialect of %s, and takes its clip', async (dialect) => {
    const server = await start({ dialect })
    const scratch = await scratchFolder()
    const recipe = { ...small(dialect), fields: { num_inference_steps: 4 } }
    const take = await open([server.url], recipe).renderShot(request(shot(), scratch))
    expect(await probe(take.path, undefined, { leastMs: 0 })).toMatchObject({ ok: true, width: 96, height: 160, fps: 16 })
    const [asked = {}] = server.asked
    expect(asked).toMatchObject({ num_frames: '33', fps: '16', num_inference_steps: '4' })
    expect(asked.prompt).toMatch(/^Medium shot of the person/)
    if (dialect === 'sglang') expect(asked).toMatchObject({ size: '96x160' })
    else expect(asked).toMatchObject({ width: '96', height: '160' })
  })

  it.each<[VideosFault, string]>([
    ['failed', 'failed'],
    ['restart', 'lost'],
    ['throttled', 'throttled'],
    ['refused', 'rejected'],
    ['hang', 'unreachable'],
  ])('D10: %s is told as %s, is not asked for again, and leaves no file', async (fault, reason) => {
    const server = await start()
    server.faults.push(fault)
    const scratch = await scratchFolder()
    await expect(open([server.url]).renderShot(request(shot(), scratch))).rejects.toMatchObject({ name: 'EngineFault', reason })
    expect(server.asked.length).toBeLessThanOrEqual(1)
    expect(await readdir(scratch)).toEqual([])
  })

  it('D10: a clip that breaks off is fetched again, and drawn once', async () => {
    const server = await start()
    server.faults.push('half-file')
    const take = await open([server.url]).renderShot(request(shot(), await scratchFolder()))
    expect((await probe(take.path, undefined, { leastMs: 0 })).ok).toBe(true)
    expect(server.asked.length).toBe(1)
  })

  it('D10: a shot that one server does not take goes to another', async () => {
    const [full, free] = [await start(), await start()]
    full.faults.push('throttled')
    const engine = open([full.url, free.url])
    expect((await engine.renderShot(request(shot(), await scratchFolder()))).engine).toBe('videos-api')
    expect([full.asked.length, free.asked.length]).toEqual([0, 1])
  })

  it('D9: leaves no job on the server, stopped or done', async () => {
    const server = await start({ jobMs: 300 })
    const engine = open([server.url])
    const stopping = new AbortController()
    const stopped = engine.renderShot(
      request(shot(), await scratchFolder(), { signal: stopping.signal, onProgress: () => stopping.abort(new Error('enough')) }),
    )
    await expect(stopped).rejects.toThrow('enough')
    await expect.poll(() => server.jobs.size, { timeout: 30_000 }).toBe(0)
    await engine.renderShot(request(shot(), await scratchFolder()))
    await expect.poll(() => server.jobs.size, { timeout: 30_000 }).toBe(0)
  })

  it.each(RECIPES)('has a recipe %s that fits', (name) => expect(readRecipe(name).id).toBe(name))
})
