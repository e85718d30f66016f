import type { EngineName, Shot } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { PackUnusable } from '../pack-unusable.ts'
import type { DrawnShot, Engine, EngineCapabilities, ShotRequest, Take } from './engine.ts'
import { drawWithFallback, engineOrder, type Fallback } from './fallback.ts'
import { threadsFor } from './studio/studio-engine.ts'

const engine = (name: EngineName, draw: () => Promise<Take>, treatments: Shot['treatment'][] = ['boards']): Engine => ({
  capabilities: { name, treatments } as unknown as EngineCapabilities,
  warmUp: () => Promise.resolve(),
  renderShot: draw,
  health: () => Promise.resolve({ ok: true }),
  close: () => Promise.resolve(),
})
const drawing = (name: EngineName, treatments?: Shot['treatment'][]) =>
  engine(name, () => Promise.resolve({ kind: 'pictures', path: `${name}.yuv`, frames: 1, engine: name }), treatments)
const failing = (name: EngineName, reason: string) => engine(name, () => Promise.reject(new Error(reason)))

const request = (signal: AbortSignal = new AbortController().signal) =>
  ({ shot: { id: '1-one', treatment: 'boards' }, signal }) as unknown as ShotRequest

/** Pictures are taken as they are; a clip is not whole. */
const fit = (take: Take): Promise<DrawnShot> =>
  take.kind === 'pictures' ? Promise.resolve(take) : Promise.reject(new Error('half a file'))

const drawn = async (order: readonly Engine[], by = request()) => {
  const fallbacks: Fallback[] = []
  const shot = drawWithFallback(order, by, (fallback) => fallbacks.push(fallback), fit)
  return { by: (await shot).engine, fallbacks }
}

describe('which engine draws a shot', () => {
  it('tries what the event prefers first and the studio last, and each once', () => {
    const [studio, comfyui] = [drawing('studio'), drawing('comfyui')]
    const names = (prefer: EngineName[]) => engineOrder([studio, comfyui], { prefer }).map((one) => one.capabilities.name)
    expect(names(['comfyui'])).toEqual(['comfyui', 'studio'])
    expect(names(['studio', 'comfyui', 'studio'])).toEqual(['studio', 'comfyui'])
    expect(names(['videos-api'])).toEqual(['studio'])
  })

  it('goes on to the next when one fails, and says why', async () => {
    const unusable = engine('comfyui', () => Promise.reject(new PackUnusable('no plate')))
    const order = [failing('videos-api', 'no answer'), unusable, drawing('studio')]
    expect(await drawn(order)).toEqual({
      by: 'studio',
      fallbacks: [
        { shot: '1-one', engine: 'videos-api', code: 'node-fault', reason: 'no answer' },
        { shot: '1-one', engine: 'comfyui', code: 'pack-broken', reason: 'no plate' },
      ],
    })
  })

  it('takes a clip that cannot be made fit for an engine that cannot draw', async () => {
    const halves = engine('comfyui', () => Promise.resolve({ kind: 'clip', path: 'half.mp4', engine: 'comfyui' }))
    expect(await drawn([halves, drawing('studio')])).toMatchObject({ by: 'studio', fallbacks: [{ reason: 'half a file' }] })
  })

  it('passes over an engine that does not draw the treatment, which is no fallback', async () => {
    expect(await drawn([drawing('comfyui', ['ice']), drawing('studio')])).toEqual({ by: 'studio', fallbacks: [] })
  })

  it('throws the last one’s fault where none can', async () => {
    await expect(drawn([failing('comfyui', 'out of memory'), failing('studio', 'no plate')])).rejects.toThrow('no plate')
    await expect(drawn([drawing('studio', ['ice'])])).rejects.toThrow('no engine draws this treatment')
  })

  it('does not take an abort for a failure', async () => {
    const stopping = new AbortController()
    const fallbacks: Fallback[] = []
    const stopped = engine('comfyui', () => {
      stopping.abort(new Error('enough'))
      return Promise.reject(stopping.signal.reason)
    })
    const shot = drawWithFallback([stopped, drawing('studio')], request(stopping.signal), (one) => fallbacks.push(one), fit)
    await expect(shot).rejects.toThrow('enough')
    expect(fallbacks).toEqual([])
    await expect(drawn([drawing('studio')], request(AbortSignal.abort(new Error('before'))))).rejects.toThrow('before')
  })
})

describe('threadsFor', () => {
  it('gives each film two threads and the machine no more than it has cores', () => {
    expect(threadsFor(1, 16)).toBe(2)
    expect(threadsFor(3, 16)).toBe(6)
    expect(threadsFor(3, 4)).toBe(4)
    expect(threadsFor(1, 1)).toBe(1)
  })
})
