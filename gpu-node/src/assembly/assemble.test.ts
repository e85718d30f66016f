import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ShotList } from '@fanreel/protocol'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../media/scratch-folder.ts'
import { assembleFilm } from './assemble.ts'
import type { Graphics } from './graphics.ts'

const run = promisify(execFile)
const [WIDTH, HEIGHT, FRAMES] = [72, 128, 40]
const BYTES = (WIDTH * HEIGHT * 3) / 2

/** How light a picture is in the middle, 0..255. */
const lightOf = async (jpeg: Uint8Array): Promise<number> => {
  const context = createCanvas(1, 1).getContext('2d')
  context.drawImage(await loadImage(jpeg), 0, 0, 1, 1)
  return context.getImageData(0, 0, 1, 1).data[0] ?? 0
}

describe('assembleFilm', () => {
  it('P12: neither the poster nor a preview, which operators see too, shows the titles that may hold a name; the film does', async () => {
    const folder = await scratchFolder()
    const [path, sound] = [join(folder, 'shot.yuv'), join(folder, 'sound.m4a')]
    const [reel, poster] = [join(folder, 'reel.mp4'), join(folder, 'poster.jpg')]
    await writeFile(path, Buffer.alloc(BYTES * FRAMES, 128))
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=d=2', '-c:a', 'aac', sound])
    const graphics: Graphics = {
      begin: () => Promise.resolve(),
      leak: undefined,
      mark: () => undefined,
      titles: (picture) => void picture.y.fill(235),
    }
    const shot = { id: '1-one', treatment: 'boards', startFrame: 0, frames: FRAMES, transition: 'cut' }
    const previews: Uint8Array[] = []
    await assembleFilm({
      shotList: { width: WIDTH, height: HEIGHT, fps: 24, frames: FRAMES, shots: [shot] } as unknown as ShotList,
      drawn: [Promise.resolve({ kind: 'pictures' as const, path, frames: FRAMES, engine: 'studio' })],
      ...{ graphics, sound, reel, poster },
      signal: new AbortController().signal,
      onProgress: (_, preview) => preview && previews.push(preview),
    })
    expect(previews.length).toBe(2)
    for (const picture of [await readFile(poster), ...previews]) expect(await lightOf(picture)).toBeLessThan(160)
    const first = join(folder, 'first.png')
    await run('ffmpeg', ['-v', 'error', '-i', reel, '-frames:v', '1', first])
    expect(await lightOf(await readFile(first))).toBeGreaterThan(230)
  })
})
