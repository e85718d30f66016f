/** What must be true of a visit that ended well: of its film, of what is kept, and of what nothing keeps. */
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ShotList } from '@fanreel/protocol'
import { expect } from 'vitest'
import { filesHolding, filesUnder } from './files-under.ts'
import type { Installation } from './installation.ts'
import { probeReel } from './probe-reel.ts'

/** Memory a node may take at its highest, in kB: 1.5 GB (VmHWM of proc(5), file pages included). */
const NODE_MEMORY_KB = 1_500_000

const peakMemoryKb = async (pid: number | undefined): Promise<number> =>
  Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])

/** What the media store holds of one visit. */
export const storedOf = async (installation: Installation, visitId: string): Promise<string[]> => {
  const files = await filesUnder(join(installation.folder, 'media'))
  return files.filter((file) => file.includes(visitId))
}

/** The film as a phone gets it, and what is stored of its visit; answers with its shot list. */
export const expectGoodFilm = async (
  installation: Installation,
  { visitId, pickupUrl }: { visitId: string; pickupUrl: string },
): Promise<ShotList> => {
  const page = await fetch(pickupUrl)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<video')

  const part = await fetch(`${pickupUrl}/reel`, { headers: { range: 'bytes=0-99' } })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-type')).toBe('video/mp4')
  expect((await part.arrayBuffer()).byteLength).toBe(100)

  const whole = await fetch(`${pickupUrl}/reel?download=1`)
  expect(whole.headers.get('content-disposition')).toContain('attachment')
  const path = join(installation.folder, `${visitId}.mp4`)
  await writeFile(path, Buffer.from(await whole.arrayBuffer()))
  const facts = await probeReel(path)
  expect(facts.video).toMatchObject({
    codec: 'h264',
    profile: 'High',
    pixelFormat: 'yuv420p',
    width: 720,
    height: 1280,
    fps: '24/1',
  })
  expect(facts.audio.codec).toBe('aac')
  expect(facts.fastStart).toBe(true)
  expect(facts.seconds).toBeGreaterThan(13)
  expect(facts.seconds).toBeLessThan(17)

  // The clip and the previews are gone; the reel, its poster, its shot list and the sealed sheet stay.
  const files = await storedOf(installation, visitId)
  const kinds = files.map((file) => basename(file).replace(/-[0-9a-f]{64}$/, '')).sort()
  expect(kinds).toEqual(['poster', 'reel', 'sheet', 'shot-list'])
  const list = ShotList.parse(JSON.parse(await readFile(files.find((file) => file.includes('shot-list')) ?? '', 'utf8')))
  expect(list.shots.length).toBeGreaterThanOrEqual(5)
  expect(new Set(list.shots.map((shot) => shot.framing)).size).toBeGreaterThanOrEqual(3)
  for (const differing of ['plateView', 'camera', 'treatment'] as const)
    expect(new Set(list.shots.map((shot) => shot[differing])).size, differing).toBe(list.shots.length)
  return list
}

/** No log and no database tells who anybody was, and the node keeps nothing of anybody and has kept within its memory. */
export const expectNothingKept = async (installation: Installation, secrets: readonly string[]): Promise<void> => {
  for (const secret of secrets)
    for (const where of ['logs', 'redis']) expect(await filesHolding(join(installation.folder, where), secret)).toEqual([])
  await expect.poll(() => filesUnder(join(installation.folder, 'work')), { timeout: 20_000 }).toEqual([])
  expect(await peakMemoryKb(installation.nodes.get('node-1')?.process.pid)).toBeLessThan(NODE_MEMORY_KB)
}
