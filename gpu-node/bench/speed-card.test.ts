import { describe, expect, it } from 'vitest'
import { type Drawn, speedCard } from './speed-card.ts'

const drawn = (ms: number, likeness?: number): Drawn => ({ ok: true, ms, seconds: 2, ...(likeness && { likeness }) })
const measured = { engine: 'comfyui' as const, servers: 2, atOnce: 2, tookMs: 60_000, shotsOfAFilm: 4 }

describe('a speed card', () => {
  it('counts the first shot by itself, and what failed by its reason', () => {
    const shots = [drawn(10_000, 0.3), drawn(20_000, 0.2), { ok: false, reason: 'slow' } as const, drawn(30_000)]
    expect(speedCard({ ...measured, first: drawn(90_000), drawn: shots })).toEqual({
      ...{ engine: 'comfyui', servers: 2, atOnce: 2, shots: 4, drawn: 3, failed: { slow: 1 }, firstMs: 90_000 },
      ...{ p50Ms: 20_000, p90Ms: 30_000, msPerSecond: 10_000, shotsPerHour: 180, filmsPerHour: 45, likeness: 0.2 },
    })
  })

  it('says no times where nothing was drawn', () => {
    const dead = { ok: false, reason: 'unreachable' } as const
    expect(speedCard({ ...measured, first: dead, drawn: [dead, dead] })).toEqual({
      ...{ engine: 'comfyui', servers: 2, atOnce: 2, shots: 2, drawn: 0, failed: { unreachable: 3 } },
      ...{ shotsPerHour: 0, filmsPerHour: 0 },
    })
  })
})
