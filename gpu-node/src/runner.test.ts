import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { refuse, type ShotList } from '@fanreel/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from './engines/engine.ts'
import { createRoster } from './engines/roster.ts'
import { readEnv } from './env.ts'
import { ToolFault } from './media/tool-fault.ts'
import { SILENCE, type Stub, startStub } from './orchestrator-stub.fixture.ts'
import type { Film, FilmRequest, renderFilm } from './render.ts'
import { type Runner, startRunner } from './runner.ts'
import type { Models } from './vision/models/load-models.ts'

const report = {
  ...{ width: 720, height: 1280, durationMs: 15_000, shots: 5, likeness: 0.2, loudnessLufs: -14, advice: [] },
  stagesMs: { cast: 10 },
}
/** Of which nothing is asked but its name. */
const STUDIO = { capabilities: { name: 'studio', expectedMs: 1 } } as Engine
let stub: Stub
let folder: string
let runners: Runner[]
/** What was asked of the film maker. */
let asked: FilmRequest[]

const film = async (request: FilmRequest): Promise<Film> => {
  const [reel, poster] = [join(request.scratch, 'reel.mp4'), join(request.scratch, 'poster.jpg')]
  await writeFile(reel, 'a film')
  await writeFile(poster, 'a poster')
  return { ok: true, reel, poster, shotList: {} as ShotList, report }
}
/** A film that takes until it is stopped. */
const endless = ({ signal }: FilmRequest): Promise<Film> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

const start = async (render: typeof renderFilm, more: Record<string, string> = {}) => {
  const env = readEnv({
    FANREEL_ORCHESTRATOR_URL: stub.url,
    FANREEL_EVENT_ID: 'demo',
    FANREEL_NODE_ID: 'node-a',
    FANREEL_NODE_TOKEN: 'x'.repeat(43),
    FANREEL_NODE_SLOTS: '1',
    FANREEL_WORK_DIR: join(folder, 'work'),
    FANREEL_CACHE_DIR: join(folder, 'cache'),
    FANREEL_DRAIN_MS: '0',
    ...more,
  })
  const before = stub.heard('node:ready').length
  const recorded: typeof renderFilm = (request) => {
    asked.push(request)
    return render(request)
  }
  const runner = await startRunner({
    ...{
      env,
      models: {} as Models,
      version: '0.1.0',
      log: pino({ level: process.env.FANREEL_TEST_LOG ?? 'silent' }),
      onReady: () => undefined,
    },
    render: recorded,
    roster: createRoster([STUDIO]),
  })
  runners.push(runner)
  await expect.poll(() => stub.heard('node:ready').length, { timeout: 10_000 }).toBeGreaterThan(before)
  return runner
}
const begun = (count = 1) => expect.poll(() => asked.length, { timeout: 10_000 }).toBe(count)
/** The slot is free again, so that the render is over and its scratch cleared. */
const free = (count = 1) =>
  expect.poll(() => stub.heard('node:ready').filter((ready) => ready.free === 1).length, { timeout: 10_000 }).toBe(count + 1)
const scratch = () => readdir(join(folder, 'work', 'node-a'))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-runner-'))
  stub = await startStub()
  runners = []
  asked = []
})
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.drain()))
  await stub.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a node with a lease', () => {
  it('makes the film with what the brief says, brings it in, and keeps nothing', async () => {
    await start(film)
    expect(await stub.offer('node-a')).toMatchObject({ accept: true })
    await free()
    expect(asked[0]).toMatchObject({ firstName: 'Ada', language: 'it', seed: 7 })
    expect(stub.put).toEqual({ reel: 1, poster: 1, 'shot-list': 1 })
    expect(stub.heard('render:result')).toMatchObject([{ report: { likeness: 0.2, stagesMs: { deliver: expect.any(Number) } } }])
    expect(stub.heard('render:failed')).toEqual([])
    expect(await scratch()).toEqual([])
  })
  it('N11: stops by itself before its lease ends when no beat is answered', async () => {
    await start(endless)
    stub.says['render:beat'] = () => SILENCE
    const since = performance.now()
    await stub.offer('node-a', { leaseMs: 3_500 })
    await begun()
    await expect.poll(() => asked[0]?.signal.aborted, { timeout: 10_000 }).toBe(true)
    expect(performance.now() - since).toBeLessThan(3_500)
    await free()
    expect(stub.heard('render:failed')).toEqual([])
    expect(await scratch()).toEqual([])
  })
  it.each<[string, (leaseToken: string) => void]>([
    ['a beat says so', () => Object.assign(stub.says, { 'render:beat': () => ({ ok: true, cancel: true, leaseUntil: 1 }) })],
    ['its lease is lost', () => Object.assign(stub.says, { 'render:beat': () => refuse('lease-lost') })],
    ['it is revoked', (leaseToken) => stub.revoke('node-a', leaseToken)],
  ])('N11: stops at once when %s, says nothing more and leaves nothing', async (_, stop) => {
    await start(endless)
    const { leaseToken } = await stub.offer('node-a')
    await begun()
    stop(leaseToken)
    await free()
    expect(stub.heard('render:failed')).toEqual([])
    expect(stub.heard('render:give-back')).toEqual([])
    expect(await scratch()).toEqual([])
  })
})

it('N8: takes films that wait for a remote engine beside those of its own slots, and no more of either than it has', async () => {
  const more = { FANREEL_NODE_TIERS: 'cpu,cloud', FANREEL_NODE_CLOUD_SLOTS: '2' }
  await start(endless, more)
  expect(stub.heard('node:ready').at(-1)).toMatchObject({ free: 1, freeCloud: 2 })
  const said: boolean[] = []
  for (const tier of ['cloud', 'cloud', 'cloud', 'cpu', 'cpu'] as const) said.push((await stub.offer('node-a', { tier })).accept)
  expect(said).toEqual([true, true, false, true, false])
})

describe('a link that comes and goes', () => {
  it('N12: costs no attempt when the brief is asked for', async () => {
    stub.says['render:brief'] = (_, n) => (n === 0 ? refuse('unavailable') : undefined)
    await start(film)
    await stub.offer('node-a')
    await free()
    expect(stub.heard('render:result')).toHaveLength(1)
    expect(stub.heard('render:failed')).toEqual([])
  })
  it('N12: costs no attempt while the film is made: the node returns with its lease and goes on', async () => {
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    await start(async (request) => {
      await finished
      return film(request)
    })
    const { leaseToken } = await stub.offer('node-a')
    await begun()
    stub.breakLinks()
    finish()
    await expect.poll(() => stub.heard('node:hello')[1], { timeout: 10_000 }).toMatchObject({ running: [{ leaseToken }] })
    await expect.poll(() => stub.heard('render:result').length, { timeout: 10_000 }).toBe(1)
    expect(stub.heard('render:failed')).toEqual([])
  })
  it('N12: does not swallow a failure, which is said until it is heard', async () => {
    stub.says['render:failed'] = (_, n) => (n < 2 ? refuse('unavailable') : undefined)
    await start(async () => ({ ok: false, code: 'clip-too-dark', class: 'bad-input' }))
    await stub.offer('node-a')
    await free()
    expect(stub.heard('render:failed')).toHaveLength(3)
  })
})

describe('what a failed attempt means', () => {
  const reported = async () => {
    await free()
    return stub.heard('render:failed').map(({ code, class: kind }) => `${code} ${kind}`)
  }
  it.each<[string, () => Promise<Film>, string]>([
    [
      'a clip that is too dark',
      async () => ({ ok: false, code: 'clip-too-dark', class: 'bad-input' }),
      'clip-too-dark bad-input',
    ],
    ['a program that was killed', () => Promise.reject(new ToolFault('killed', '')), 'node-fault retry'],
    ['a program that is missing', () => Promise.reject(new ToolFault('not-started', '')), 'node-fault node-fault'],
    ['a fault of our own', () => Promise.reject(new TypeError('undefined is not a film')), 'node-fault node-fault'],
  ])('N13: of the film: %s', async (_, render, expected) => {
    await start(render)
    await stub.offer('node-a')
    expect(await reported()).toEqual([expected])
  })
  it('N13: of the pack: what goes wrong between cast and first picture strikes no node', async () => {
    await start(({ onProgress }) => {
      onProgress?.({ stage: 'direct', fraction: 0.42 })
      return Promise.reject(new Error('the pack has no view rink'))
    })
    await stub.offer('node-a')
    expect(await reported()).toEqual(['pack-broken retry'])
  })
  it('N13: of the pack: one that has lost a file since it was fetched is fetched once more', async () => {
    await start(film)
    await stub.offer('node-a')
    await free()
    await rm(join(folder, 'cache/packs', stub.packHash, 'plates'), { recursive: true })
    await stub.offer('node-a')
    await free(2)
    expect(stub.heard('render:failed')).toEqual([])
    expect(stub.heard('render:result')).toHaveLength(2)
  })
  it('N13: of the pack: one that nobody has', async () => {
    await start(film)
    await stub.offer('node-a', { packHash: 'b'.repeat(64) })
    expect(await reported()).toEqual(['pack-broken retry'])
  })
  it.each(['bad-message', 'unknown-message', 'object-unknown', 'consent-missing'] as const)(
    'N13: of the wire: a brief that is refused with %s ends no visit',
    async (code) => {
      stub.says['render:brief'] = () => refuse(code)
      await start(film)
      await stub.offer('node-a')
      expect(await reported()).toEqual([`${code} retry`])
    },
  )
  it('N13: of the wire: a clip whose address is refused', async () => {
    stub.gone.add('/clip')
    await start(film)
    await stub.offer('node-a')
    expect(await reported()).toEqual(['node-fault retry'])
    expect(await scratch()).toEqual([])
  })
  it('N14: a clip whose address has run out is fetched by another', async () => {
    stub.gone.add('/clip?old')
    stub.says['render:brief'] = (_, n) =>
      n === 0 ? { ...stub.brief(), clip: { ...stub.brief().clip, url: '/clip?old' } } : undefined
    await start(film)
    await stub.offer('node-a')
    await free()
    expect(stub.heard('render:brief')).toHaveLength(2)
    expect(stub.heard('render:failed')).toEqual([])
    expect(stub.heard('render:result')).toHaveLength(1)
  })
  it('N13: a reel that the orchestrator has refused is not failed a second time', async () => {
    stub.says['render:result'] = () => refuse('reel-wrong-format')
    await start(film)
    await stub.offer('node-a')
    expect(await reported()).toEqual([])
  })
  it('N14: what has not arrived is put again, and the result said again', async () => {
    stub.says['render:result'] = (_, n) => (n === 0 ? refuse('object-unknown') : undefined)
    await start(film)
    await stub.offer('node-a')
    expect(await reported()).toEqual([])
    expect(stub.heard('render:result')).toHaveLength(2)
    expect(stub.put).toEqual({ reel: 2, poster: 2, 'shot-list': 2 })
  })
  it('N14: an address that has run out is asked for anew', async () => {
    stub.gone.add('/put/old')
    stub.says['render:put'] = ({ kind }) =>
      kind === 'reel' &&
      !stub
        .heard('render:put')
        .slice(0, -1)
        .some((earlier) => earlier.kind === 'reel')
        ? { ok: true, url: '/put/old' }
        : undefined
    await start(film)
    await stub.offer('node-a')
    expect(await reported()).toEqual([])
    expect(stub.put).toEqual({ reel: 1, poster: 1, 'shot-list': 1 })
  })
  it('N15: another attempt draws other lots, the same attempt the same', async () => {
    await start(film)
    for (const [index, attempt] of [1, 2, 2, 3].entries()) {
      await stub.offer('node-a', { attempt })
      await free(index + 1)
    }
    const [first, second, again, third] = asked.map(({ seed }) => seed)
    expect(first).toBe(7)
    expect(second).toBe(again)
    expect(new Set([first, second, third]).size).toBe(3)
  })
})

describe('the end of the working day', () => {
  it('N16: finishes what runs, takes nothing more and leaves no folder', async () => {
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const runner = await start(
      async (request) => {
        await finished
        return film(request)
      },
      { FANREEL_DRAIN_MS: '30000' },
    )
    await stub.offer('node-a')
    await begun()
    const drained = runner.drain()
    await expect.poll(() => stub.heard('node:drain').length).toBe(1)
    expect(await stub.offer('node-a')).toMatchObject({ accept: false, reason: 'draining' })
    finish()
    await drained
    expect(stub.heard('render:result')).toHaveLength(1)
    expect(stub.heard('render:give-back')).toEqual([])
    expect(await readdir(join(folder, 'work'))).toEqual([])
  })
  it('N16: gives back what takes too long', async () => {
    const runner = await start(endless)
    const { leaseToken } = await stub.offer('node-a')
    await begun()
    await runner.drain()
    expect(stub.heard('render:give-back')).toMatchObject([{ leaseToken }])
    expect(stub.heard('render:failed')).toEqual([])
    expect(await readdir(join(folder, 'work'))).toEqual([])
  })
  it('N17: one node’s start leaves another’s work alone, and nobody else reads either', async () => {
    await start(endless)
    const { leaseToken } = await stub.offer('node-a')
    await begun()
    await start(endless, { FANREEL_NODE_ID: 'node-b' })
    expect(await scratch()).toEqual([leaseToken])
    for (const path of ['work/node-a', 'work/node-b', `work/node-a/${leaseToken}`])
      expect((await stat(join(folder, path))).mode & 0o777).toBe(0o700)
  })
})
