import { expect, it } from 'vitest'
import { countDrawing, createMetrics } from './metrics.ts'

it('D6: who drew an accepted film is counted, and who was passed over, by reason and never by shot', async () => {
  const metrics = createMetrics()
  const count = countDrawing(metrics)
  count({ engines: { comfyui: 2, studio: 4 }, fallbacks: [{ shot: '3-eyes', engine: 'comfyui', reason: 'unlike' }] })
  count({ engines: { studio: 6 }, fallbacks: [{ shot: '1-boards', engine: 'comfyui', reason: 'unlike' }] })
  // A node of an older version tells nothing of it.
  count({})
  const text = await metrics.registry.metrics()
  expect(text).toContain('fanreel_shots_total{engine="comfyui"} 2')
  expect(text).toContain('fanreel_shots_total{engine="studio"} 10')
  expect(text).toContain('fanreel_engine_fallbacks_total{engine="comfyui",reason="unlike"} 2')
  expect(text).not.toContain('eyes')
})
