/**
 * What every engine holds to, whatever draws for it (D1). An engine's own test calls this with a way to open one; for those
 * that ask a server, that one stands on loopback and speaks its protocol.
 */
import { readdir, stat } from 'node:fs/promises'
import type { Shot } from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probe } from '../media/probe.ts'
import { scratchFolder } from '../media/scratch-folder.ts'
import type { Engine, ShotProgress, ShotRequest, Take } from './engine.ts'
import { SHOT_SIZE, shotOf, shotRequests } from './shot-request.fixture.ts'

const FRAME_BYTES = (SHOT_SIZE.width * SHOT_SIZE.height * 3) / 2
const quiet = () => new AbortController().signal

/** Seconds that a take covers: a clip may be longer than asked, by its model's step. */
const secondsOf = async (take: Take): Promise<number> => {
  if (take.kind === 'pictures') {
    expect((await stat(take.path)).size).toBe(take.frames * FRAME_BYTES)
    return take.frames / 24
  }
  const found = await probe(take.path, quiet(), { leastMs: 0 })
  if (!found.ok) throw new Error(found.code)
  return (found.durationMs ?? 0) / 1000
}

export const describeEngine = (name: string, open: () => Promise<Engine>): void => {
  describe(`D1: ${name} as an engine`, async () => {
    const folder = await scratchFolder()
    let engine: Engine
    let request: (shot: Shot, scratch: string, more?: Partial<ShotRequest>) => ShotRequest
    beforeAll(async () => {
      engine = await open()
      request = await shotRequests(folder)
    })
    afterAll(() => engine.close())

    /** A shot that it draws, of a length that it draws. */
    const shot = (frames = 6) => {
      const { treatments, frames: range } = engine.capabilities
      const [treatment = 'boards'] = treatments
      return shotOf(treatment, Math.min(range.most, Math.max(frames, range.least)))
    }

    it('says in numbers what it can do and what that costs', () => {
      const { treatments, parallel, frames, fps, centsPerSecond, expectedMs, place, cancel, ...rest } = engine.capabilities
      expect(treatments.length).toBeGreaterThan(0)
      for (const least of [parallel, frames.least, fps, expectedMs]) expect(least).toBeGreaterThan(0)
      expect(frames.most).toBeGreaterThanOrEqual(frames.least)
      expect(centsPerSecond).toBeGreaterThanOrEqual(0)
      expect(['here', 'venue', 'cloud']).toContain(place)
      expect(['stops', 'queued-only', 'forgets']).toContain(cancel)
      if (rest.performance === 'as-filmed') expect(rest.reference.video || rest.reference.image).toBe(true)
    })

    it('is made ready as often as it is asked, and says that it is well', async () => {
      await engine.warmUp(quiet())
      await engine.warmUp(quiet())
      expect(await engine.health()).toEqual({ ok: true })
      await expect(engine.warmUp(AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
    })

    it('draws a shot and its tail, in a file of its own, and says how far it is', async () => {
      const scratch = await scratchFolder()
      const heard: ShotProgress[] = []
      const asked = request(shot(), scratch, { tail: 4, onProgress: (progress) => heard.push(progress) })
      const take = await engine.renderShot(asked)
      expect(take.engine).toBe(engine.capabilities.name)
      expect(take.path.startsWith(scratch)).toBe(true)
      expect(await secondsOf(take)).toBeGreaterThanOrEqual((asked.shot.frames + 4) / 24 - 0.001)
      const drawn = heard.map((one) => one.drawn)
      expect(drawn).toEqual([...drawn].sort((a, b) => a - b))
      expect(drawn.at(-1)).toBe(asked.shot.frames + 4)
    })

    it('draws more shots at once than it has hands for', async () => {
      const scratch = await scratchFolder()
      const shots = Array.from({ length: engine.capabilities.parallel + 1 }, (_, k) => ({ ...shot(2), id: `${k}-one` }))
      const takes = await Promise.all(shots.map((one) => engine.renderShot(request(one, scratch))))
      expect(new Set(takes.map(({ path }) => path)).size).toBe(shots.length)
    })

    it('lets go of an aborted shot with the reason it was given, leaves no file, and draws on', async () => {
      const scratch = await scratchFolder()
      const stopping = new AbortController()
      const aborted = engine.renderShot(
        request(shot(engine.capabilities.frames.most), scratch, {
          signal: stopping.signal,
          onProgress: () => stopping.abort(new Error('enough')),
        }),
      )
      await expect(aborted).rejects.toThrow('enough')
      expect(await readdir(scratch)).toEqual([])
      await engine.renderShot(request(shot(2), scratch))
    })

    it('does not begin what is not wanted any more', async () => {
      const scratch = await scratchFolder()
      const over = request(shot(), scratch, { signal: AbortSignal.abort(new Error('before')) })
      await expect(engine.renderShot(over)).rejects.toThrow('before')
      expect(await readdir(scratch)).toEqual([])
    })

    it('throws where it cannot draw, and draws on', async () => {
      const scratch = await scratchFolder()
      const nowhere = { ...shot(2), plateView: 'the moon' }
      await expect(engine.renderShot(request(nowhere, scratch))).rejects.toThrow('the moon')
      expect(await readdir(scratch)).toEqual([])
      await engine.renderShot(request(shot(2), scratch))
    })
  })
}
