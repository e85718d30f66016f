import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { boxOfAlpha, CutoutFile, openCutouts } from './cutouts.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-cutouts-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const REGION = { x: 100, y: 50, width: 8, height: 6 }
/** RGBA of the region, one solid pixel of a colour at (x, y). */
const dot = (x: number, y: number, red: number) => {
  const rgba = new Uint8Array(REGION.width * REGION.height * 4)
  rgba.set([red, 1, 2, 255], (y * REGION.width + x) * 4)
  return rgba
}
const alphaOf = (rgba: Uint8Array) => Uint8Array.from({ length: rgba.length / 4 }, (_, at) => rgba[at * 4 + 3]!)

it('the box of an alpha plane is as tight as can be, and none where all is nearly nothing', () => {
  expect(boxOfAlpha(alphaOf(dot(3, 2, 9)), 8, 6)).toEqual({ x: 3, y: 2, width: 1, height: 1 })
  expect(boxOfAlpha(new Uint8Array(48).fill(7), 8, 6)).toBeUndefined()
  expect(boxOfAlpha(new Uint8Array(48).fill(8), 8, 6)).toEqual({ x: 0, y: 0, width: 8, height: 6 })
})

it('frames written tightly are read in one box, where they lay in the clip, in any order', async () => {
  const file = await CutoutFile.create(folder, REGION)
  for (const picture of [dot(2, 1, 11), undefined, dot(5, 4, 22)]) {
    await file.append(picture ?? new Uint8Array(0), picture && boxOfAlpha(alphaOf(picture), REGION.width, REGION.height))
  }
  const cutouts = await file.finish()
  expect(cutouts).toMatchObject({ box: { x: 102, y: 51, width: 4, height: 4 }, parts: [{ at: 0 }, undefined, { at: 4 }] })
  const reader = openCutouts(cutouts!)
  const seen = (index: number) => {
    const into = new Uint8Array(4 * 4 * 4).fill(99)
    reader.read(index, into)
    return into
  }
  const first = new Uint8Array(64)
  first.set([11, 1, 2, 255], 0)
  const last = new Uint8Array(64)
  last.set([22, 1, 2, 255], 60)
  expect([2, 1, 0, -1, 7].map(seen)).toEqual([last, new Uint8Array(64), first, first, last])
  reader.close()
  expect(await readdir(folder)).toEqual(['cutouts.rgba'])
})

it('a clip of empty frames leaves nothing behind, nor does one given up half way', async () => {
  const empty = await CutoutFile.create(folder, REGION)
  await empty.append(new Uint8Array(0), undefined)
  expect(await empty.finish()).toBeUndefined()
  const given = await CutoutFile.create(folder, REGION)
  await given.append(dot(1, 1, 5), { x: 1, y: 1, width: 1, height: 1 })
  await given.discard()
  await given.discard()
  expect(await readdir(folder)).toEqual([])
})
