/** A clip of a second that stands in for what a model would have drawn. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const shortClip = async (width: number, height: number): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-short-'))
  try {
    const file = join(folder, 'clip.mp4')
    const input = ['-v', 'error', '-f', 'lavfi', '-i', `color=c=navy:s=${width}x${height}:r=8:d=1`]
    await promisify(execFile)('ffmpeg', [...input, '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', '-y', file])
    return await readFile(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
