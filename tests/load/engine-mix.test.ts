/** The short form of `npm run load -- --engine-mix`: a few films down the real ladder, past servers with every fault. */
import { expect, it } from 'vitest'
import { startModelStudio } from '../../gpu-node/contract/model-studio-server.ts'
import { doublePaidOf, readMix } from './engine-mix.ts'
import { runLoad } from './run-load.ts'

it('reads which engines a node has', () => {
  expect(readMix('model-studio:2,comfyui')).toEqual([
    { engine: 'model-studio', parallel: 2 },
    { engine: 'comfyui', parallel: 1 },
  ])
  for (const wrong of ['studio', 'comfyui:0', 'comfyui:1,comfyui:2', 'another:1', '']) expect(() => readMix(wrong)).toThrow()
})

it('D12: a second task for the same shot of the same clip is seen', async () => {
  const service = await startModelStudio({ taskMs: 60_000 })
  const task = (id: string, clip: string, prompt: string) => {
    const body = { model: 'wan2.6-r2v', input: { prompt, reference_urls: [clip] }, parameters: {} }
    const at = { id, body, submitted: '', inputSeconds: 1, stop: new AbortController() }
    service.tasks.set(id, { ...at, status: 'SUCCEEDED' })
  }
  task('1', 'a', 'ice')
  task('2', 'a', 'boards')
  task('3', 'b', 'ice')
  expect(doublePaidOf(service.tasks)).toBe(0)
  task('4', 'a', 'ice')
  expect(doublePaidOf(service.tasks)).toBe(1)
  await service.close()
})

it('D2, D12: films are ready whatever engines do, and no shot is paid for twice', async () => {
  const report = await runLoad({
    mixed: {
      mix: readMix('model-studio:2,videos-api:1,comfyui:1'),
      ...{ times: 100, faultShare: 0.05, finishWithinMs: 600_000, seed: 1 },
    },
    ...{ kiosks: 2, nodes: 3, visits: 4, orchestrators: 1, clipBytes: 2_000, ahead: 3, makeMs: 0, store: 'disk' },
  })
  // Beside other tests a hundredth of a second is a second here: who is late is for the load to say.
  expect(report).toMatchObject({ visits: 4, ready: 4, lost: 0, stuck: 0, doublePaid: 0 })
  const drawn = Object.values(report.shotsBy ?? {}).reduce((sum, count) => sum + count, 0)
  expect(drawn).toBe(7 * 4)
  // Somebody else than the studio has drawn, or nothing was tried at all.
  expect(drawn).toBeGreaterThan(report.shotsBy?.studio ?? 0)
  // Two of them agree to no cloud.
  expect(report.fallbacksBy?.['model-studio no-consent']).toBe(6)
})
