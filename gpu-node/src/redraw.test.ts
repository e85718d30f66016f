import type { ReelCode, ShotList } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { gentlerIfUnlike, type JudgedReel, shotsToRedraw } from './redraw.ts'

const LIMIT = 0.35
const { signal } = new AbortController()

const judged = (reel: string, likeness: number, code?: ReelCode, shotLikeness: Record<string, number> = {}): JudgedReel => {
  const findings = {
    width: 720,
    height: 1280,
    durationMs: 15_000,
    loudnessLufs: -14,
    truePeakDb: -1,
    flashes: 0,
    likeness,
    shotLikeness,
  }
  return { reel, poster: `${reel}.jpg`, verification: code ? { ok: false, code, findings } : { ok: true, findings } }
}

/** Which reel is kept, and whether another was made. */
const kept = async (first: JudgedReel, second: JudgedReel | Error, by = signal) => {
  let redrawn = 0
  const redraw = () => {
    redrawn++
    return second instanceof Error ? Promise.reject(second) : Promise.resolve(second)
  }
  const { reel, verification } = await gentlerIfUnlike(first, LIMIT, redraw, by)
  return { reel, redrawn, ok: verification.ok }
}

describe('a reel too unlike its clip', () => {
  it('F16: is made once more with a gentler look above the limit, and only there', async () => {
    expect(await kept(judged('first', 0.34), judged('second', 0.1))).toEqual({ reel: 'first', redrawn: 0, ok: true })
    expect(await kept(judged('first', 0.4), judged('second', 0.3))).toEqual({ reel: 'second', redrawn: 1, ok: true })
    expect(await kept(judged('first', 0.6, 'reel-other-person'), judged('second', 0.4))).toEqual({
      reel: 'second',
      redrawn: 1,
      ok: true,
    })
  })

  it('F16: is not made again for what a gentler look cannot mend', async () => {
    expect(await kept(judged('first', 0.4, 'reel-frozen'), judged('second', 0.1))).toMatchObject({ redrawn: 0, ok: false })
  })

  it('F16: stays where the second is worse, refused or not made at all', async () => {
    const first = judged('first', 0.4)
    expect(await kept(first, judged('second', 0.45))).toEqual({ reel: 'first', redrawn: 1, ok: true })
    expect(await kept(first, judged('second', 0.6, 'reel-other-person'))).toEqual({ reel: 'first', redrawn: 1, ok: true })
    expect(await kept(first, judged('second', 0.2, 'reel-black'))).toEqual({ reel: 'first', redrawn: 1, ok: true })
    expect(await kept(first, new Error('no engine'))).toEqual({ reel: 'first', redrawn: 1, ok: true })
  })

  it('F16: is refused where neither may be shown', async () => {
    const first = judged('first', 0.6, 'reel-other-person')
    expect(await kept(first, judged('second', 0.55, 'reel-other-person'))).toMatchObject({ redrawn: 1, ok: false })
    await expect(kept(first, new Error('no engine'))).rejects.toThrow('no engine')
  })

  it('stops when it is told to, whatever the first was', async () => {
    const stopped = AbortSignal.abort(new Error('enough'))
    await expect(kept(judged('first', 0.4), new Error('enough'), stopped)).rejects.toThrow('enough')
  })

  it('F16: has the shots above the limit drawn again, or all where none stands out', () => {
    const shotList = { shots: [{ id: 'one' }, { id: 'two' }, { id: 'three' }] } as unknown as ShotList
    const of = (shotLikeness: Record<string, number>) => [
      ...shotsToRedraw(judged('reel', 0.4, undefined, shotLikeness).verification, shotList, LIMIT),
    ]
    expect(of({ one: 0.2, two: 0.5 })).toEqual(['two'])
    expect(of({ one: 0.2, two: 0.3 })).toEqual(['one', 'two', 'three'])
  })
})
