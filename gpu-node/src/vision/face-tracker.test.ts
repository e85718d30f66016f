/** The tracker on pictures in which it is known where the faces are: the sample visitor, moved, doubled and taken away. */

import { mergeFaces, overlap } from '@fanreel/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { decode } from '../media/decode.ts'
import { probe } from '../media/probe.ts'
import { SAMPLE_VISITOR } from '../verify/short-film.fixture.ts'
import type { Box } from './cast.ts'
import { createFaceTracker } from './face-tracker.ts'
import { loadModels, type Models } from './models/load-models.ts'
import { type Picture, turnPicture } from './picture.ts'

let models: Models
let vita: Picture
beforeAll(async () => {
  models = await loadModels()
  const clip = await probe(SAMPLE_VISITOR)
  if (!clip.ok) throw new Error(clip.code)
  const size = { width: 360, height: 640 }
  const decoded = await decode(clip, { signal: new AbortController().signal, size, maxMs: 100 })
  for await (const data of decoded.frames) vita ??= { ...size, data: data.slice() }
})

/** A wide picture with her at each of these distances from its left border. */
const stage = (...lefts: number[]): Picture => {
  const [width, height] = [1_080, 640]
  const data = new Uint8Array(width * height * 4).fill(100)
  for (const left of lefts) {
    for (let y = 0; y < height; y++) {
      data.set(vita.data.subarray(y * vita.width * 4, (y + 1) * vita.width * 4), (y * width + left) * 4)
    }
  }
  return { width, height, data }
}
const middle = (box: Box | undefined) => (box ? box.x + box.width / 2 : Number.NaN)

describe('the face tracker', () => {
  it('follows a face that moves, and finds it again where it jumps', async () => {
    const tracker = createFaceTracker(models)
    const at = async (left: number) => middle((await tracker.next(stage(left)))?.box) - left
    const start = await at(0)
    expect(start).toBeGreaterThan(90)
    expect(start).toBeLessThan(270)
    for (const left of [10, 25, 45, 60]) expect(Math.abs((await at(left)) - start)).toBeLessThan(8)
    expect(Math.abs(middle((await tracker.next(stage(600), { x: 600 + start, y: 200 }))?.box) - 600 - start)).toBeLessThan(12)
  })

  it('gives the points of the face, inside its box, and holds them stiller than the picture trembles', async () => {
    const tracker = createFaceTracker(models)
    const noses: number[] = []
    for (const left of [0, 1, 0, 1, 0, 1, 0, 1]) {
      const face = await tracker.next(stage(left))
      const { mesh, box } = face!
      expect(mesh!.length).toBe(468 * 3)
      for (let at = 0; at < mesh!.length; at += 3) {
        expect(mesh![at]! - box.x).toBeGreaterThanOrEqual(0)
        expect(mesh![at + 1]! - box.y - box.height).toBeLessThanOrEqual(0)
      }
      noses.push(mesh![3]!)
    }
    const settled = noses.slice(2)
    expect(Math.max(...settled) - Math.min(...settled)).toBeLessThan(0.8)
  })

  it('sees nothing where she is gone, and sees her when she is back', async () => {
    const tracker = createFaceTracker(models)
    expect(await tracker.next(stage(200))).toBeDefined()
    expect(await tracker.next(stage())).toBeUndefined()
    expect(await tracker.next(stage(200))).toBeDefined()
  })

  it('stays with the one it is told to follow', async () => {
    for (const [left, other] of [
      [0, 700],
      [700, 0],
    ] as const) {
      const tracker = createFaceTracker(models)
      const alone = middle((await createFaceTracker(models).next(stage(left)))?.box)
      const expected = { x: alone, y: 200 }
      for (let frame = 0; frame < 3; frame++) {
        expect(Math.abs(middle((await tracker.next(stage(left, other), expected))?.box) - alone)).toBeLessThan(12)
      }
    }
  })
})

describe('answers of the detector', () => {
  const found = (x: number, score: number) => ({
    box: { x, y: 0, width: 100, height: 100 },
    score,
    eyes: [
      { x: x + 30, y: 40 },
      { x: x + 70, y: 40 },
    ] as const,
  })

  it('that mean one face become one, weighed by how sure they are', () => {
    const [face, other, ...more] = mergeFaces([found(10, 0.3), found(300, 0.5), found(0, 0.9)])
    expect(more).toEqual([])
    expect(face).toMatchObject({ score: 0.9, box: { x: 2.5 } })
    expect(other).toMatchObject({ score: 0.5, box: { x: 300 } })
  })

  it('overlap by what they share of all they cover', () => {
    const box = { x: 0, y: 0, width: 100, height: 100 }
    expect(overlap(box, box)).toBe(1)
    expect(overlap(box, { ...box, x: 50 })).toBeCloseTo(1 / 3)
    expect(overlap(box, { ...box, x: 100 })).toBe(0)
  })
})

it('a picture turned by quarters comes round again, and its corners go where they should', () => {
  const picture: Picture = { width: 3, height: 2, data: Uint8Array.from({ length: 24 }, (_, at) => at) }
  const pixel = ({ data, width }: Picture, x: number, y: number) => data[(y * width + x) * 4]
  const clockwise = turnPicture(picture, 1)
  expect(clockwise).toMatchObject({ width: 2, height: 3 })
  expect(pixel(clockwise, 1, 0)).toBe(pixel(picture, 0, 0))
  expect(pixel(clockwise, 0, 0)).toBe(pixel(picture, 0, 1))
  expect(turnPicture(clockwise, 3)).toEqual(picture)
  expect(turnPicture(turnPicture(picture, 2), 2)).toEqual(picture)
  expect(turnPicture(picture, 0)).toEqual(picture)
})
