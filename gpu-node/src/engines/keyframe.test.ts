import { readdir } from 'node:fs/promises'
import { afterAll, expect, it } from 'vitest'
import { scratchFolder } from '../media/scratch-folder.ts'
import { drawKeyframe } from './keyframe.ts'
import { SHOT_SIZE, shotOf, shotRequests } from './shot-request.fixture.ts'
import { CACHE_DIR } from './studio/compositor/compositor.fixture.ts'
import { createStudio } from './studio/studio-engine.ts'

const studio = createStudio({ cacheDir: CACHE_DIR, threads: 1 })
const request = await shotRequests(await scratchFolder())
afterAll(() => studio.close())
const { width, height } = SHOT_SIZE

/** How far the light of one picture is from that of another, seen `times` as near about its middle. */
const distance = (picture: Uint8Array, from: Uint8Array, times: number): number => {
  let sum = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = [width / 2 + (x - width / 2) / times, height / 2 + (y - height / 2) / times]
      sum += Math.abs((picture[y * width + x] ?? 0) - (from[Math.round(fromY) * width + Math.round(fromX)] ?? 0))
    }
  return sum / (width * height)
}

it('D4: where the face was lost, a second try begins from nearer; a close-up is near enough', async () => {
  const scratch = await scratchFolder()
  const draw = (attempt: number, framing: 'medium' | 'close') =>
    drawKeyframe(studio, request({ ...shotOf('boards', 24), framing }, scratch, { attempt }))
  const [first, second] = [await draw(0, 'medium'), await draw(1, 'medium')]
  expect(distance(second, first, 1.3)).toBeLessThan(distance(second, first, 1) / 2)
  expect(Buffer.compare(await draw(1, 'close'), await draw(0, 'close'))).toBe(0)
  expect(await readdir(scratch)).toEqual([])
})
