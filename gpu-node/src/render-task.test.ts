import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ShotList } from '@fanreel/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { msForFilm } from './attempt.ts'
import type { Engine } from './engines/engine.ts'
import { createRoster } from './engines/roster.ts'
import { readEnv } from './env.ts'
import { scratchFolder } from './media/scratch-folder.ts'
import { type Stub, startStub } from './orchestrator-stub.fixture.ts'
import { PackUnusable } from './pack-unusable.ts'
import type { Film, FilmRequest, renderFilm } from './render.ts'
import { type Runner, startRunner } from './runner.ts'
import type { Models } from './vision/models/load-models.ts'

/** Of which nothing is asked but its name. */
const STUDIO = { capabilities: { name: 'studio', expectedMs: 1 } } as Engine
let stub: Stub
let runner: Runner | undefined

const film = async (request: FilmRequest): Promise<Film> => {
  const [reel, poster] = [join(request.scratch, 'reel.mp4'), join(request.scratch, 'poster.jpg')]
  await writeFile(reel, 'a film')
  await writeFile(poster, 'a poster')
  const figures = { width: 720, height: 1280, durationMs: 15_000, shots: 5, likeness: 0.2, loudnessLufs: -14 }
  return { ok: true, reel, poster, shotList: {} as ShotList, report: { ...figures, advice: [], stagesMs: {} } }
}
const start = async (render: typeof renderFilm, log = pino({ level: 'silent' })) => {
  const folder = await scratchFolder()
  const env = readEnv({
    FANREEL_ORCHESTRATOR_URL: stub.url,
    FANREEL_EVENT_ID: 'demo',
    FANREEL_NODE_ID: 'node-a',
    FANREEL_NODE_TOKEN: 'x'.repeat(43),
    FANREEL_NODE_SLOTS: '1',
    FANREEL_WORK_DIR: join(folder, 'work'),
    FANREEL_CACHE_DIR: join(folder, 'cache'),
    FANREEL_DRAIN_MS: '0',
  })
  runner = await startRunner({
    env,
    models: {} as Models,
    version: '0.1.0',
    log,
    onReady: () => undefined,
    render,
    roster: createRoster([STUDIO]),
  })
  await free(0)
}
/** The slot has become free so many times after the start: renders are over and their scratch cleared. */
const free = (count = 1) =>
  expect.poll(() => stub.heard('node:ready').filter((ready) => ready.free === 1).length, { timeout: 10_000 }).toBe(count + 1)

beforeEach(async () => {
  stub = await startStub()
})
afterEach(async () => {
  await runner?.drain()
  await stub.stop()
})

describe('a render', () => {
  it('N13: of the pack: one whose files have rotted is fetched once more by the attempt after', async () => {
    const read: string[] = []
    await start(async (request) => {
      const plate = request.pack.resolve('plates/ice.jpg')
      read.push(await readFile(plate, 'utf8'))
      if (read.length > 1) return film(request)
      await writeFile(plate, 'rot')
      request.onProgress?.({ stage: 'draw', fraction: 0.5 })
      throw new PackUnusable('plates/ice.jpg is no picture')
    })
    await stub.offer('node-a')
    await free()
    expect(stub.heard('render:failed')).toMatchObject([{ code: 'pack-broken', class: 'retry' }])
    await stub.offer('node-a', { attempt: 2 })
    await free(2)
    expect(stub.heard('render:result')).toHaveLength(1)
    expect(read[1]).toBe(read[0])
  })
  it.each(['CUDA failure 2: out of memory', 'Non-zero status code returned while running Conv node'])(
    'N13: whose networks break down in mid-film (%s) is an attempt of this machine’s own fault',
    async (words) => {
      await start((request) => {
        request.onProgress?.({ stage: 'cast', fraction: 0.5 })
        return Promise.reject(new Error(words))
      })
      await stub.offer('node-a')
      await expect.poll(() => stub.heard('render:failed')).toMatchObject([{ code: 'node-fault', class: 'node-fault' }])
      await free()
    },
  )
  it('N13: that finds no room on this disk is given back, and the node takes nothing for a while', async () => {
    await start(() => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })))
    await stub.offer('node-a')
    await expect.poll(() => stub.heard('render:give-back')).toHaveLength(1)
    await expect.poll(() => stub.heard('node:ready').at(-1)).toMatchObject({ free: 0 })
    expect(await stub.offer('node-a')).toMatchObject({ accept: false, reason: 'busy' })
    expect(stub.heard('render:failed')).toEqual([])
  })
  it('says in its log that an engine could not draw a shot: by code and reason, without the detail, which may hold paths', async () => {
    const lines: string[] = []
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
    await start((request) => {
      const detail = `ENOENT: ${request.scratch}/Ada`
      request.onFallback?.({ shot: '2-boards', engine: 'comfyui', code: 'node-fault', reason: 'failed', detail })
      return film(request)
    }, log)
    const visitId = '01890a5d-ac96-774b-bcce-b302099a8057'
    await stub.offer('node-a', { visitId, renderId: `${visitId}-r3` })
    await free()
    expect(lines).toHaveLength(1)
    const { level, time, pid, hostname, ...said } = JSON.parse(lines[0] ?? '{}')
    expect(said).toEqual({
      ...{ visitId, jobId: `${visitId}-r3`, shot: '2-boards', engine: 'comfyui', code: 'node-fault', reason: 'failed' },
      msg: 'engine did not draw a shot',
    })
  })
})

it('D3: a film takes no longer than the event allows, nor than its render may live, delivery counted', () => {
  const policy = { prefer: [], redrawAbove: 0.35 }
  expect(msForFilm({ policy, deadlineMs: 150_000 }, 0)).toBe(120_000)
  expect(msForFilm({ policy: { ...policy, finishWithinMs: 90_000 }, deadlineMs: 150_000 }, 0)).toBe(90_000)
  expect(msForFilm({ policy, deadlineMs: 150_000 }, 20_000)).toBe(100_000)
  expect(msForFilm({ policy: { ...policy, finishWithinMs: 90_000 }, deadlineMs: 150_000 }, 20_000)).toBe(70_000)
  expect(msForFilm({ policy, deadlineMs: 40_000 }, 15_000)).toBe(0)
})

describe('a film that costs money', () => {
  it('D12: has each step written under its lease before it goes on, whoever asked before', async () => {
    const standings: unknown[] = []
    stub.says['render:order'] = (payload, n) => {
      const { is } = payload.step as { is: string }
      if (is !== 'intent') return { ok: true, standing: { is: 'noted' } }
      // The first answer is a refusal that passes.
      if (n === 0) return { ok: false, code: 'unavailable', retryable: true }
      return { ok: true, standing: n < 2 ? { is: 'go' } : { is: 'placed', taskId: 'known' } }
    }
    await start(async (request) => {
      const { paid } = request
      if (!paid) throw new Error('nobody keeps a book')
      const order = { shot: 'kiss', attempt: 0, engine: 'model-studio', cents: 18 } as const
      standings.push(await paid.intend(order))
      await paid.placed(order, 'task-1')
      await paid.ended(order, { is: 'paid', cents: 12 })
      standings.push(await paid.intend({ ...order, attempt: 1 }))
      expect(paid.goesOn()).toBe(false)
      return film(request)
    })
    const { leaseToken } = await stub.offer('node-a')
    await free()
    expect(standings).toEqual([{ is: 'go' }, { is: 'placed', taskId: 'known' }])
    const told = stub.heard('render:order')
    expect(told.map(({ step }) => (step as { is: string }).is)).toEqual(['intent', 'intent', 'placed', 'paid', 'intent'])
    expect(new Set(told.slice(0, 4).map(({ nonce }) => nonce)).size).toBe(1)
    expect(told[4]?.nonce).not.toBe(told[0]?.nonce)
    for (const order of told) expect(order).toMatchObject({ leaseToken, shot: 'kiss', engine: 'model-studio' })
  })
})
