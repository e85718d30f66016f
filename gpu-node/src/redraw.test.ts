import type { ReelCode, ShotList } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { type JudgedReel, mend, shotsToRedraw } from './redraw.ts'

const LIMIT = 0.35
const shotList = { shots: [{ id: 'one' }, { id: 'two' }, { id: 'three' }] } as unknown as ShotList
const { signal } = new AbortController()

type More = { code?: ReelCode; shotLikeness?: Record<string, number>; shots?: string[] }
const judged = (reel: string, likeness: number, { code, shotLikeness = {}, shots }: More = {}): JudgedReel => {
  const findings = {
    width: 720,
    height: 1280,
    durationMs: 15_000,
    loudnessLufs: -14,
    truePeakDb: -1,
    flashes: 0,
    likeness,
    shotLikeness,
    seenShare: 0.9,
  }
  const refused = code && { ok: false as const, code, findings, ...(shots && { shots }) }
  return { reel, poster: `${reel}.jpg`, shotList, verification: refused ?? { ok: true, findings } }
}

/** Which reel is kept, and which were made on the way, of which shots. */
const kept = async (
  first: JudgedReel,
  another: JudgedReel | Error,
  plain: JudgedReel | Error = new Error('not asked for'),
  by = signal,
) => {
  const made: string[] = []
  const way = (name: string, answer: JudgedReel | Error) => (again: ReadonlySet<string>) => {
    made.push(`${name} ${[...again].join(' ')}`)
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  const ways = { anotherWay: way('another', another), plainly: way('plain', plain) }
  const { reel, verification } = await mend(first, LIMIT, ways, by)
  return { reel, made, ok: verification.ok }
}
const ALL = 'one two three'
const stranger = (reel: string, likeness: number) => judged(reel, likeness, { code: 'reel-other-person' })

describe('a reel with a shot that fails', () => {
  it('F16: is made once more another way where it is unlike its clip, and only there', async () => {
    expect(await kept(judged('first', 0.34), judged('second', 0.1))).toEqual({ reel: 'first', made: [], ok: true })
    expect(await kept(judged('first', 0.4), judged('second', 0.3))).toEqual({
      reel: 'second',
      made: [`another ${ALL}`],
      ok: true,
    })
    expect(await kept(stranger('first', 0.6), judged('second', 0.4))).toMatchObject({ reel: 'second', ok: true })
  })

  it('F16: has the shots drawn again that verify blames, whatever for', async () => {
    const still = judged('first', 0.1, { code: 'reel-frozen', shots: ['two'] })
    expect(await kept(still, judged('second', 0.1))).toEqual({ reel: 'second', made: ['another two'], ok: true })
  })

  it('F16: has them drawn plainly where another way is refused too, and no more than that', async () => {
    const [first, second] = ['first', 'second'].map((reel) => judged(reel, 0.1, { code: 'reel-face-unseen', shots: ['three'] }))
    const made = ['another three', 'plain three']
    expect(await kept(first!, second!, judged('third', 0.2))).toEqual({ reel: 'third', made, ok: true })
    expect(await kept(first!, second!, judged('third', 0.1, { code: 'reel-black', shots: ['three'] }))).toMatchObject({
      made,
      ok: false,
    })
    expect(await kept(stranger('first', 0.6), judged('second', 0.45), judged('third', 0.1))).toMatchObject({ reel: 'second' })
  })

  it('F16: is not made again for what no picture can mend', async () => {
    for (const code of ['reel-silent', 'reel-wrong-length', 'reel-wrong-format'] as const)
      expect(await kept(judged('first', 0.4, { code }), judged('second', 0.1))).toMatchObject({ made: [], ok: false })
  })

  it('F16: stays where the second is worse, refused or not made at all', async () => {
    const first = judged('first', 0.4)
    for (const second of [judged('second', 0.45), stranger('second', 0.6), judged('second', 0.2, { code: 'reel-black' })])
      expect(await kept(first, second)).toMatchObject({ reel: 'first', ok: true })
    expect(await kept(first, new Error('no engine'))).toMatchObject({ reel: 'first', ok: true })
  })

  it('F16: is refused where none may be shown', async () => {
    const first = stranger('first', 0.6)
    expect(await kept(first, stranger('second', 0.55), stranger('third', 0.52))).toMatchObject({ ok: false })
    await expect(kept(first, new Error('no engine'))).rejects.toThrow('no engine')
  })

  it('stops when it is told to, whatever the first was', async () => {
    const stopped = AbortSignal.abort(new Error('enough'))
    await expect(kept(judged('first', 0.4), new Error('enough'), undefined, stopped)).rejects.toThrow('enough')
  })

  it('F16: has the shots above the limit drawn again, or all where none stands out', () => {
    const of = (shotLikeness: Record<string, number>) => [
      ...shotsToRedraw(judged('reel', 0.4, { shotLikeness }).verification, shotList, LIMIT),
    ]
    expect(of({ one: 0.2, two: 0.5 })).toEqual(['two'])
    expect(of({ one: 0.2, two: 0.3 })).toEqual(['one', 'two', 'three'])
  })
})
