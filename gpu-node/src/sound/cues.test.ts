import type { Shot, ShotList } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { placeCues } from './cues.ts'

const shot = (index: number, change: Partial<Shot>): Shot => ({
  id: `${index}`,
  slot: `${index}`,
  framing: 'medium',
  treatment: 'interview',
  plateView: 'one',
  camera: 'orbit',
  startFrame: index * 48,
  frames: 48,
  source: { startMs: index * 1_000, endMs: index * 1_000 + 2_000, speed: 1 },
  voice: false,
  transition: 'cut',
  reason: 'a test',
  ...change,
})
const film = (...changes: Partial<Shot>[]): ShotList => ({
  version: 1,
  packId: 'tiny',
  packHash: 'a'.repeat(64),
  seed: 1,
  fps: 24,
  width: 720,
  height: 1280,
  frames: changes.length * 48,
  beatFrames: Array.from({ length: changes.length * 4 }, (_, index) => index * 12),
  shots: changes.map((change, index) => shot(index, change)),
})
const named = (list: ShotList, sound: string, moments: Parameters<typeof placeCues>[1] = []) =>
  placeCues(list, moments).filter((cue) => cue.sound === sound)

describe('placeCues', () => {
  it('F20: puts effects on the frame of the cut: a whoosh’s middle on a whip, a hit’s start and a riser’s end on a flash', () => {
    const list = film({}, { transition: 'whip' }, { transition: 'flash' })
    expect(named(list, 'whoosh')).toMatchObject([{ frame: 48, anchor: 'middle' }])
    expect(named(list, 'hit')).toMatchObject([{ frame: 96, anchor: 'start' }])
    expect(named(list, 'riser')).toMatchObject([{ frame: 96, anchor: 'end' }])
  })
  it('strikes more softly beside a voice', () => {
    const [loud] = named(film({}, { transition: 'flash' }), 'hit')
    const [soft] = named(film({ voice: true }, { transition: 'flash' }), 'hit')
    expect(soft?.gain).toBeLessThan(loud?.gain ?? 0)
  })
  it('lets a camera go off when the picture comes to rest', () => {
    const rests = { startMs: 0, endMs: 1_000, speed: 0.5, ramp: { at: 0.5, from: 1, to: 0 } }
    expect(named(film({}, { source: rests }), 'shutter')).toMatchObject([{ frame: 48 + 24, anchor: 'start' }])
  })
  it('cheers at the finale, and at the liveliest moment where the film shows it', () => {
    const quiet = film({}, {}, {}, {}, {})
    expect(named(quiet, 'cheer').map(({ frame }) => frame)).toEqual([192 - 5])
    const moments = [{ kind: 'lively' as const, startMs: 2_400, endMs: 2_600, score: 1, reason: 'waves' }]
    const [first] = named(quiet, 'cheer', moments)
    // Shot 1 plays 1 s to 3 s of the clip: 2.5 s is three quarters into it.
    expect(Math.abs((first?.frame ?? 0) - (48 + 36 - 5))).toBeLessThanOrEqual(1)
  })
  it('lets a blade be heard where somebody glides, and not where the film ends', () => {
    const list = film({}, { treatment: 'echo' }, { treatment: 'ice' }, { treatment: 'ice' })
    expect(named(list, 'glide').map(({ frame }) => frame)).toEqual([48 + 3, 96 + 3])
  })
  it('does not cheer over the voice', () => {
    const list = film({}, { voice: true }, { source: { startMs: 8_000, endMs: 9_000, speed: 1 } }, {}, {})
    const moments = [{ kind: 'lively' as const, startMs: 1_500, endMs: 1_600, score: 1, reason: 'waves' }]
    for (const { frame } of named(list, 'cheer', moments)) expect(frame < 48 || frame >= 96).toBe(true)
  })
})
