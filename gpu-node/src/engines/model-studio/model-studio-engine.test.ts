import { readdir } from 'node:fs/promises'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ModelStudioFault, type ModelStudioServer, startModelStudio } from '../../../contract/model-studio-server.ts'
import { probe } from '../../media/probe.ts'
import { scratchFolder } from '../../media/scratch-folder.ts'
import { describeEngine } from '../engine.conformance.ts'
import type { Engine, ShotRequest } from '../engine.ts'
import { createBook, serveReference } from '../paid-work.fixture.ts'
import { shotOf, shotRequests } from '../shot-request.fixture.ts'
import { CACHE_DIR } from '../studio/compositor/compositor.fixture.ts'
import { createStudio } from '../studio/studio-engine.ts'
import { createModelStudio } from './model-studio-engine.ts'
import { RECIPES, type Recipe, readRecipe } from './recipe.ts'

const TIMING = { pollMs: 30, callMs: 20_000, backOffMs: 20, giveUpMs: 20_000 }
const studio = createStudio({ cacheDir: CACHE_DIR, threads: 1 })
const request = await shotRequests(await scratchFolder())
const { reference, close } = await serveReference(await scratchFolder())
const servers: ModelStudioServer[] = []
const stopServers = () => Promise.all(servers.splice(0).map((server) => server.close()))
afterAll(async () => {
  await stopServers()
  await Promise.all([studio.close(), close()])
})

const start = async (options: Parameters<typeof startModelStudio>[0] = {}) => {
  const server = await startModelStudio(options)
  servers.push(server)
  return server
}
const open = (
  { url, key }: Pick<ModelStudioServer, 'url' | 'key'>,
  recipe: Recipe = readRecipe('wan26-r2v'),
  callMs = TIMING.callMs,
): Engine => createModelStudio({ url, key, recipe, studio, timing: { ...TIMING, callMs } })
const shot = () => shotOf('boards', 20)

describeEngine('model-studio', async () => {
  const engine = open(await start({ taskMs: 60 }))
  // A film of its own each, as far as the book goes.
  return { ...engine, renderShot: (asked) => engine.renderShot({ ...asked, paid: createBook(reference).paid }) }
})

describe('model-studio', () => {
  let server: ModelStudioServer
  let book: ReturnType<typeof createBook>
  beforeEach(async () => {
    server = await start()
    book = createBook(reference)
  })
  afterEach(stopServers)
  const ask = async (more: Partial<ShotRequest> = {}, engine = open(server)) => {
    const scratch = await scratchFolder()
    const take = engine.renderShot(request(shot(), scratch, { paid: book.paid, ...more }))
    return { take, scratch }
  }

  it.each(RECIPES)('D11: asks in the dialect of %s for what it makes, and takes its clip', async (id) => {
    const recipe = readRecipe(id)
    const { take } = await ask({}, open(server, recipe))
    expect(await probe((await take).path, undefined, { leastMs: 0 })).toMatchObject({
      ok: true,
      width: 720,
      height: 1280,
      fps: 30,
    })
    const [asked] = server.asked
    const { input, parameters } = asked!
    expect(parameters).toMatchObject({ duration: 2, watermark: false })
    if (id === 'wan27-r2v') {
      expect(input.media).toEqual([{ type: 'reference_video', url: reference.url }])
      expect(parameters).toMatchObject({ resolution: '720P', ratio: '9:16' })
      expect(input.prompt).toMatch(/^Medium shot of Video 1, /)
    } else {
      expect(input.reference_urls).toEqual([reference.url])
      expect(parameters).toMatchObject({ size: '720*1280', shot_type: 'single' })
      expect(input.prompt).toMatch(/^Medium shot of character1, /)
    }
    expect(book.told).toEqual(['intent', 'placed', 'paid'])
    // Two seconds in and two out.
    expect([...book.entries.values()].map(({ cents }) => cents)).toEqual([4 * recipe.centsPerSecond])
    expect(server.billedSeconds()).toBe(4)
  })

  it.each<[ModelStudioFault, string, string]>([
    ['refused-prompt', 'refused-content', 'free'],
    ['refused-output', 'refused-content', 'free'],
    ['failed', 'failed', 'free'],
    ['restart', 'lost', 'placed'],
    ['expired', 'lost', 'paid'],
    ['elsewhere', 'unfit', 'paid'],
    ['redirect', 'unfit', 'paid'],
  ])('D11: %s is told as %s, is not asked for again, and leaves no file', async (fault, reason, written) => {
    // An address that has run out is looked for once more.
    server.faults.push(fault, ...(fault === 'expired' ? [fault] : []))
    const { take, scratch } = await ask()
    await expect(take).rejects.toMatchObject({ name: 'EngineFault', reason })
    expect(server.asked.length).toBeLessThanOrEqual(1)
    expect(book.told.at(-1)).toBe(written)
    expect(await readdir(scratch)).toEqual([])
  })

  it('D11: waits where it is too much, and draws once', async () => {
    server.faults.push('throttled', 'throttled', 'busy-look')
    await (await ask()).take
    expect(server.asked).toHaveLength(1)
    expect(book.told).toEqual(['intent', 'placed', 'paid'])
  })

  it('D11: draws each of a burst once, though the service takes fewer in a second', async () => {
    const narrow = await start({ createsPerSecond: 2 })
    const engine = open(narrow, { ...readRecipe('wan26-r2v'), parallel: 4 })
    const shots = Array.from({ length: 4 }, (_, k) => ({ ...shot(), id: `shot-${k}`, slot: `slot-${k}` }))
    const scratch = await scratchFolder()
    const takes = await Promise.all(shots.map((one) => engine.renderShot(request(one, scratch, { paid: book.paid }))))
    expect(new Set(takes.map(({ path }) => path)).size).toBe(4)
    expect(narrow.asked).toHaveLength(4)
  })

  it('D11: gives a burst up that does not end, and pays nothing', async () => {
    server.faults.push(...Array.from({ length: 4 }, () => 'throttled' as const))
    await expect((await ask()).take).rejects.toMatchObject({ reason: 'throttled' })
    expect(book.told).toEqual(['intent', 'free'])
  })

  it('D11: fetches a clip that breaks off again, and leaves one of another size to the assembly', async () => {
    server.faults.push('half-file')
    await (await ask()).take
    server.faults.push('wrong-size')
    const { path } = await (await ask({ attempt: 1 })).take
    expect(await probe(path, undefined, { leastMs: 0 })).toMatchObject({ ok: true, width: 480, height: 480 })
    expect(server.asked).toHaveLength(2)
  })

  it('D11: refuses a key that is none, and says so', async () => {
    const engine = open({ url: server.url, key: 'sk-another' })
    expect(await engine.health()).toMatchObject({ ok: false, reason: expect.stringContaining('InvalidApiKey') })
    await expect((await ask({}, engine)).take).rejects.toMatchObject({ reason: 'missing' })
    expect(book.told).toEqual(['intent', 'free'])
  })

  it.each([
    ['/media/visits/clip?signature=x', 'needs S3'],
    ['http://bucket.example.com/clip', 'not https'],
    ['https://10.0.0.7:9000/clip', 'nowhere outside'],
    ['https://minio.lan/clip', 'nowhere outside'],
  ])('D11: does not ask where the reference is %s, and says why', async (url, why) => {
    book = createBook({ url, seconds: 2 })
    const engine = open(server)
    await expect((await ask({}, engine)).take).rejects.toMatchObject({ reason: 'missing' })
    expect(await engine.health()).toMatchObject({ ok: false, reason: expect.stringContaining(why) })
    expect([book.told, server.asked]).toEqual([[], []])
  })

  it('D11: a reference that the service cannot fetch is told as bad input', async () => {
    book = createBook({ url: 'http://127.0.0.1:1/gone.mp4', seconds: 2 })
    await expect((await ask()).take).rejects.toMatchObject({ reason: 'rejected' })
    expect(book.told).toEqual(['intent', 'free'])
  })

  it('D12: asks for nothing without a book', async () => {
    const { take } = await ask({ paid: undefined as never })
    await expect(take).rejects.toMatchObject({ reason: 'missing' })
    expect(server.asked).toEqual([])
  })

  it.each(['orphaned', 'over-budget', 'no-consent'] as const)(
    'D12: asks for nothing that the book refuses: %s',
    async (reason) => {
      book.refuse = reason
      await expect((await ask()).take).rejects.toMatchObject({ reason })
      expect(server.asked).toEqual([])
    },
  )

  it.each(['lost-answer', 'gateway', 'hang'] as const)(
    'D12: an answer lost by %s is paid for once at the most',
    async (fault) => {
      server.faults.push(fault)
      const engine = open(server, readRecipe('wan26-r2v'), fault === 'hang' ? 200 : TIMING.callMs)
      await expect((await ask({}, engine)).take).rejects.toMatchObject({ reason: 'orphaned' })
      expect(book.told).toEqual(['intent', 'unknown'])
      await expect((await ask()).take).rejects.toMatchObject({ reason: 'orphaned' })
      expect(server.asked.length).toBeLessThanOrEqual(1)
    },
  )

  it('D12: another node goes on with a known task, and pays nothing', async () => {
    const slow = await start({ taskMs: 300 })
    book.anotherGoesOn = true
    const stopping = new AbortController()
    const first = await ask({ signal: stopping.signal, onProgress: () => stopping.abort(new Error('lease-lost')) }, open(slow))
    await expect(first.take).rejects.toThrow('lease-lost')
    expect((await (await ask({}, open(slow))).take).engine).toBe('model-studio')
    expect(slow.asked).toHaveLength(1)
    expect(slow.billedSeconds()).toBe(4)
    expect(book.told).toEqual(['intent', 'placed', 'intent', 'paid'])
  })

  it('D12: takes back what still waits when nobody wants it any more', async () => {
    const busy = await start({ hands: 0 })
    const stopping = new AbortController()
    const { take } = await ask({ signal: stopping.signal, onProgress: () => stopping.abort(new Error('enough')) }, open(busy))
    await expect(take).rejects.toThrow('enough')
    await expect.poll(() => book.told, { timeout: 10_000 }).toEqual(['intent', 'placed', 'free'])
    expect([...busy.tasks.values()].map(({ status }) => status)).toEqual(['CANCELED'])
  })
})
