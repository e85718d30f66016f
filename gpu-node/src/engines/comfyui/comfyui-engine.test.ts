import { readdir, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NODES } from '../../../contract/comfyui-nodes.ts'
import { type ComfyuiFault, type ComfyuiServer, startComfyui } from '../../../contract/comfyui-server.ts'
import { probe } from '../../media/probe.ts'
import { scratchFolder } from '../../media/scratch-folder.ts'
import { describeEngine } from '../engine.conformance.ts'
import type { Engine } from '../engine.ts'
import { EngineFault } from '../engine-fault.ts'
import { SHOT_SIZE, shotOf, shotRequests } from '../shot-request.fixture.ts'
import { CACHE_DIR } from '../studio/compositor/compositor.fixture.ts'
import { createStudio } from '../studio/studio-engine.ts'
import { createComfyui } from './comfyui-engine.ts'
import { readWorkflow, WORKFLOWS, type Workflow } from './workflow.ts'

const TIMING = { pollMs: 60, callMs: 2_000, workMs: 60_000 }
const studio = createStudio({ cacheDir: CACHE_DIR, threads: 1 })
const request = await shotRequests(await scratchFolder())
const servers: ComfyuiServer[] = []
afterAll(() => studio.close())

const start = async (options: Parameters<typeof startComfyui>[0] = {}) => {
  const server = await startComfyui(options)
  servers.push(server)
  return server
}
/** Small pictures: what is tried here is the conversation, not the encoder. */
const small = (name: string): Workflow => ({ ...readWorkflow(name), width: 96, height: 160 })
const open = (urls: string[], workflow = small('wan22-i2v-a14b'), timing = TIMING): Engine =>
  createComfyui({ urls, workflow, studio, timing, restMs: 60_000 })

describeEngine('comfyui', async () => open([(await start({ stepMs: 30 })).url]))
afterAll(() => Promise.all(servers.splice(0).map((server) => server.close())))

describe('comfyui', () => {
  let server: ComfyuiServer
  let scratch: string
  beforeAll(() => studio.warmUp(new AbortController().signal))
  beforeEach(async () => {
    server = await start()
    scratch = await scratchFolder()
  })
  afterEach(async () => {
    await server.close()
  })
  const shot = () => shotOf('boards', 30)
  const drawn = (engine: Engine, signal = new AbortController().signal) =>
    engine.renderShot(request(shot(), scratch, { signal, tail: 2 }))
  const whole = async (path: string) => {
    const found = await probe(path, undefined, { leastMs: 0 })
    if (!found.ok) throw new Error(found.code)
    return found
  }

  it('D8: sends the studio’s picture and the workflow with its places filled, and answers with the server’s clip', async () => {
    const take = await drawn(open([server.url], readWorkflow('wan22-i2v-a14b')))
    expect(take).toMatchObject({ kind: 'clip', engine: 'comfyui' })
    expect(await whole(take.path)).toMatchObject({ width: 480, height: 832, fps: 16 })
    const [graph] = server.seen.submitted
    // 32 pictures of 24 a second are 22 of 16, and one more; Wan makes 33 at the least.
    expect(graph?.['11']?.inputs).toMatchObject({ length: 33, width: 480, height: 832 })
    expect(graph?.['12']?.inputs.noise_seed).toBe(graph?.['13']?.inputs.noise_seed)
    expect(graph?.['8']?.inputs.text).toMatch(/^Medium shot of the person, .*Handheld camera/)
    expect((take as { from?: Uint8Array }).from?.length).toBe((SHOT_SIZE.width * SHOT_SIZE.height * 3) / 2)
  })

  it('D8: draws by another seed when it is asked again, and by the same for the same attempt', async () => {
    const engine = open([server.url])
    for (const attempt of [0, 1, 0]) await engine.renderShot(request(shotOf('boards', 4), scratch, { attempt }))
    const [first, second, third] = server.seen.submitted.map((graph) => graph['12']?.inputs.noise_seed)
    expect(second).not.toBe(first)
    expect(third).toBe(first)
  })

  it.each<[ComfyuiFault]>([['lost-socket'], ['half-file'], ['lost-answer']])(
    'D8: a shot is not lost by one %s, and is drawn once',
    async (fault) => {
      server.faults.push(fault)
      const take = await drawn(open([server.url]))
      expect((await whole(take.path)).durationMs).toBeGreaterThan(1_300)
      expect(server.faults).toEqual([])
      expect(server.seen.prompts).toBe(1)
    },
  )

  it.each<[ComfyuiFault, string, RegExp]>([
    ['execution-error', 'failed', /KSamplerAdvanced: torch.OutOfMemoryError/],
    ['restart', 'lost', /forgotten/],
  ])('D8: %s is told as such, and leaves no file', async (fault, reason, words) => {
    server.faults.push(fault)
    const failed = drawn(open([server.url]))
    await expect(failed).rejects.toMatchObject({ name: 'EngineFault', reason })
    await expect(failed).rejects.toThrow(words)
    expect(await readdir(scratch)).toEqual([])
  })

  it('D8: a server that falls silent in the middle is noticed within three questions', async () => {
    const slow = await start({ stepMs: 400 })
    const timing = { pollMs: 50, callMs: 1_000, workMs: 2_000 }
    const stalled = createComfyui({ urls: [slow.url], workflow: small('wan22-i2v-a14b'), studio, timing })
    let asleep = 0
    const failed = stalled.renderShot(
      request(shot(), scratch, {
        onProgress: () => {
          if (asleep === 0) slow.faults.push('hang')
          asleep ||= performance.now()
        },
      }),
    )
    await expect(failed).rejects.toMatchObject({ reason: 'unreachable' })
    // Three calls and the pauses between; a starved machine may need as long as `silence.ts` allows.
    expect(performance.now() - asleep).toBeLessThan(35_000)
  })

  it('D8: names each node and model file that is missing, before anything is sent', async () => {
    const { WanImageToVideo: _, ...nodes } = NODES
    const bare = await start({
      nodes: { ...nodes, VAELoader: { ...nodes.VAELoader!, input: { required: { vae_name: [['other.safetensors']] } } } },
    })
    const engine = open([bare.url])
    await expect(engine.warmUp(new AbortController().signal)).rejects.toMatchObject({ reason: 'missing' })
    const health = await engine.health()
    expect(health).toEqual({
      ok: false,
      reason: `${bare.url} lacks for wan22-i2v-a14b: VAELoader.vae_name wan_2.1_vae.safetensors; node WanImageToVideo`,
    })
    await expect(drawn(engine)).rejects.toMatchObject({ reason: 'missing' })
    expect(bare.seen.prompts).toBe(0)
    expect(bare.files.size).toBe(0)
    // What needs no model runs there.
    expect((await drawn(open([bare.url], small('plain')))).engine).toBe('comfyui')
  })

  it('D8: several servers share the shots, and one that is gone is no reason to lose any', async () => {
    const second = await start()
    const engine = open([server.url, second.url])
    await Promise.all(['a', 'b', 'c'].map((id) => engine.renderShot(request({ ...shot(), id }, scratch))))
    expect(server.seen.prompts).toBeGreaterThan(0)
    expect(second.seen.prompts).toBeGreaterThan(0)
    await second.close()
    const before = server.seen.prompts
    await Promise.all(['d', 'e'].map((id) => engine.renderShot(request({ ...shot(), id }, scratch))))
    expect(server.seen.prompts).toBe(before + 2)
  })

  it('D8: what is stopped is stopped there too', async () => {
    const slow = await start({ stepMs: 300 })
    const stopping = new AbortController()
    const stopped = open([slow.url]).renderShot(
      request(shot(), scratch, { signal: stopping.signal, onProgress: () => stopping.abort(new Error('enough')) }),
    )
    await expect(stopped).rejects.toThrow('enough')
    await expect.poll(() => slow.seen.interrupts, { timeout: 30_000 }).toBe(1)
    expect(await readdir(scratch)).toEqual([])
  })

  it('D3: a shot that is late is not held up by a server that does not answer', async () => {
    const slow = await start({ stepMs: 300 })
    const stopping = new AbortController()
    const timing = { pollMs: 50, callMs: 40_000, workMs: 40_000 }
    let letGo = 0
    const stopped = open([slow.url], small('wan22-i2v-a14b'), timing).renderShot(
      request(shot(), scratch, {
        signal: stopping.signal,
        onProgress: () => {
          slow.faults.push('hang')
          letGo ||= performance.now()
          stopping.abort(new Error('late'))
        },
      }),
    )
    await expect(stopped).rejects.toThrow('late')
    expect(performance.now() - letGo).toBeLessThan(20_000)
  })

  it('D9: leaves nothing of the visitor on the server: no picture, no clip, no prompt', async () => {
    const take = await drawn(open([server.url]))
    expect((await stat(take.path)).size).toBeGreaterThan(500)
    await expect.poll(() => [...server.files.values()].map((bytes) => bytes.length), { timeout: 30_000 }).toEqual([1, 1])
    await expect.poll(() => server.history().size, { timeout: 30_000 }).toBe(0)
    // No shot's name, which may begin a file's; inside a random one "1-" is chance.
    expect([...server.files.keys()].join()).not.toMatch(/boards|(^|[/,_])1-/)
  })

  it('takes no other service for a ComfyUI', async () => {
    const other = createServer((_, response) => void response.end('<html>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    expect(await open([url]).health()).toEqual({ ok: false, reason: `${url} answers something else than a ComfyUI` })
    await new Promise((resolve) => other.close(resolve))
    expect(await open([url]).health()).toEqual({ ok: false, reason: `${url} does not answer` })
  })
})

describe('workflows', () => {
  it.each(WORKFLOWS)('%s fits, and its places are those of its graph', (name) => {
    expect(readWorkflow(name).id).toBe(name)
  })

  it('says where one does not fit', () => {
    expect(() => readWorkflow('nothing.json')).toThrow(/no workflow in nothing.json \(ours are/)
    expect(new EngineFault('lost', 'x')).toBeInstanceOf(Error)
  })
})
