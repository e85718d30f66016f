/** One instruction at a time, the first that a visitor would mend, by the rules that the node judges by. */
import { CLIP_RULES, judgeClip } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { createGuide, GUIDE_MS, type Guidance } from './guide.ts'
import { type Instruction, instructionFor, measuresOf } from './instruction.ts'
import type { Look, SeenFace } from './look.ts'
import { OVAL, STAGE } from './oval.ts'

const TAKE_MS = 7_000
const SIZE = { width: 810, height: 1080 }
type Place = { x?: number; y?: number; wide?: number } & Partial<Pick<SeenFace, 'certain' | 'luma' | 'sharpness'>>

/** A face by its middle (shares of the picture) and its width in pixels. */
const face = ({ x = 0.5, y = 0.4, wide = 240, certain = true, luma = 130, sharpness = 80 }: Place = {}): SeenFace => ({
  box: { x: x * SIZE.width - wide / 2, y: y * SIZE.height - wide * 0.6, width: wide, height: wide * 1.2 },
  score: 0.9,
  certain,
  luma,
  sharpness,
})
const look = (faces: SeenFace[], luma = 110): Look => ({ ...SIZE, faces, luma })
const said = (one: Look, heard: boolean | undefined = true) => instructionFor([one, one, one], heard, TAKE_MS)

describe('what is said', () => {
  it.each<[string, Look, Instruction]>([
    ['an empty room', look([]), 'stepIn'],
    ['a dark and empty room', look([], CLIP_RULES.MIN_FACE_LUMA - 1), 'light'],
    ['a printed face alone', look([face({ certain: false })]), 'stepIn'],
    ['somebody far away', look([face({ wide: CLIP_RULES.GOOD_FACE_PX - 1 })]), 'closer'],
    ['somebody too far away', look([face({ wide: CLIP_RULES.MIN_FACE_PX - 1 })]), 'closer'],
    ['a face in the dark', look([face({ luma: CLIP_RULES.GOOD_FACE_LUMA - 1 })]), 'light'],
    ['a face in the glare', look([face({ luma: CLIP_RULES.MAX_GOOD_FACE_LUMA + 1 })]), 'lessLight'],
    ['two people', look([face({ x: 0.35, wide: 200 }), face({ x: 0.65, wide: 190 })]), 'oneStar'],
    ['somebody on the picture’s left', look([face({ x: 0.25 })]), 'left'],
    ['somebody on the picture’s right', look([face({ x: 0.75 })]), 'right'],
    ['half a face at the border', look([face({ x: 0.02 })]), 'left'],
    ['a face that fills the picture', look([face({ wide: 0.6 * SIZE.width })]), 'back'],
    ['a face at the lower border', look([face({ y: 0.8 })]), 'up'],
    ['a face at the upper border', look([face({ y: 0.14 })]), 'down'],
    ['a blurred face', look([face({ sharpness: CLIP_RULES.GOOD_SHARPNESS - 1 })]), 'still'],
    ['a visitor as they should be', look([face()]), 'ready'],
    ['one who wears a printed face', look([face(), face({ y: 0.8, wide: 260, certain: false })]), 'ready'],
    ['one with a passer-by far behind', look([face(), face({ x: 0.9, wide: 60 })]), 'ready'],
  ])('to %s', (_, one, expected) => expect(said(one)).toBe(expected))

  it('calls no face perfect that stands in one half of the oval only, large or small', () => {
    const [top, bottom] = [OVAL.cy - OVAL.ry / 2, OVAL.cy + OVAL.ry / 2]
    for (const wide of [CLIP_RULES.GOOD_FACE_PX, 160, 240]) {
      const half = (0.6 * wide * STAGE.height) / SIZE.height
      // Wholly above the oval's middle, wholly below it, and about the middle of either half.
      for (const y of [OVAL.cy - 1.4 * half, top - 1])
        expect(said(look([face({ y: y / STAGE.height, wide })])), `${y}`).toBe('down')
      for (const y of [OVAL.cy + 1.4 * half, bottom + 1])
        expect(said(look([face({ y: y / STAGE.height, wide })])), `${y}`).toBe('up')
      for (const x of [OVAL.cx - OVAL.rx / 2 - 1, OVAL.cx + OVAL.rx / 2 + 1])
        expect(said(look([face({ x: x / STAGE.width, wide })])), `${x}`).not.toBe('ready')
    }
  })

  it('asks for a voice last, and not where there is no microphone', () => {
    expect(said(look([face()]), false)).toBe('speak')
    expect(said(look([face({ x: 0.25 })]), false)).toBe('left')
    expect(said(look([face()]), undefined)).toBe('ready')
  })

  it('calls nothing ready that the rules would refuse or find fault with', () => {
    let ready = 0
    for (const wide of [30, 60, 109, 110, 200, 440])
      for (const luma of [20, 60, 71, 226])
        for (const sharpness of [5, 20, 31])
          for (const x of [-0.1, 0.1, 0.36, 0.44, 0.5, 0.56, 0.64, 1])
            for (const others of [0, 1]) {
              const faces = [face({ wide, luma, sharpness, x }), ...(others ? [face({ wide, x: 1 - x })] : [])]
              const one = look(faces)
              if (said(one) !== 'ready') continue
              ready++
              expect(judgeClip(measuresOf([one], true, TAKE_MS))).toEqual({ usable: true, advice: [] })
            }
    expect(ready).toBeGreaterThan(5)
  })
})

/** Shows a guide the same thing for a while, at so many looks a second. */
const watching = (perSecond = 6) => {
  const guide = createGuide(TAKE_MS)
  let atMs = 0
  return (one: Look, ms: number, heard: boolean | undefined = true): Guidance[] => {
    const seen: Guidance[] = []
    for (const end = atMs + ms; atMs < end; atMs += 1_000 / perSecond) seen.push(guide.see(one, atMs, heard))
    return seen
  }
}
const good = look([face()])

describe('over time', () => {
  it('begins only after all has been well for a moment', () => {
    const see = watching()
    expect(see(look([]), 3_000).some(({ start }) => start)).toBe(false)
    const seen = see(good, 4_000)
    const first = seen.findIndex(({ start }) => start)
    expect((first * 1_000) / 6).toBeGreaterThan(GUIDE_MS.WELL)
    expect(seen[first]?.instruction).toBe('ready')
    expect(seen.slice(0, first).some(({ start }) => start)).toBe(false)
  })

  it('is not confused by one look', () => {
    const see = watching()
    see(good, 2_000)
    for (const odd of [look([]), look([face({ x: 0.1 })])]) {
      expect(see(odd, 100).at(-1)?.instruction).toBe('ready')
      expect(see(good, 1_000).every(({ instruction }) => instruction === 'ready')).toBe(true)
    }
  })

  it('says one thing for as long as it takes to read', () => {
    const see = watching()
    see(look([face({ x: 0.2 })]), 2_000)
    const changes = see(look([face({ x: 0.8 })]), 3_000).map(({ instruction }) => instruction)
    expect(new Set(changes)).toEqual(new Set(['left', 'right']))
    expect(changes.indexOf('right')).toBeGreaterThan(3)
  })

  it('begins without a voice and with a soft lens, once it has asked for long enough', () => {
    for (const [one, heard] of [
      [good, false],
      [look([face({ sharpness: 12 })]), true],
    ] as const) {
      const see = watching()
      expect(see(one, GUIDE_MS.ASKED, heard).some(({ start }) => start)).toBe(false)
      expect(see(one, 3_000, heard).some(({ start }) => start)).toBe(true)
    }
  })

  it('begins with somebody who sits low in the oval, once it has asked them higher; not with one below it', () => {
    for (const [y, begins] of [
      [0.6, true],
      [0.72, false],
    ] as const) {
      const see = watching()
      expect(see(look([face({ y })]), GUIDE_MS.ASKED).map(({ instruction }) => instruction)).toContain('up')
      expect(
        see(look([face({ y })]), 6_000).some(({ start }) => start),
        String(y),
      ).toBe(begins)
    }
  })

  it('begins by itself with no take that the node would refuse, however long it has asked', () => {
    const see = watching()
    const blurred = look([face({ sharpness: CLIP_RULES.MIN_SHARPNESS - 1 })])
    expect(see(blurred, 3 * GUIDE_MS.ASKED).some(({ start }) => start)).toBe(false)
  })

  it('works on a machine that looks once in 700 ms, and tells when nobody is there any more', () => {
    const see = watching(1 / 0.7)
    expect(see(good, 6_000).some(({ start }) => start)).toBe(true)
    expect(see(look([]), 4_000).at(-1)).toEqual({ instruction: 'stepIn', start: false, empty: true })
  })
})
