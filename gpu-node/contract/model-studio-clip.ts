/** A reference as the service fetches it, and the clip that stands in for what its model would have drawn from it. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MOST_BYTES = 100 * 1024 * 1024
const FETCH_MS = 5_000

/** What was made of the same bytes before: an encoder takes longer than all the rest. */
const made = new Map<string, Promise<unknown>>()
const once = <T>(work: () => Promise<T>, bytes: Buffer, ...words: (string | number)[]): Promise<T> => {
  const name = [createHash('sha256').update(bytes).digest('hex'), ...words].join(' ')
  const known = made.get(name) as Promise<T> | undefined
  if (known !== undefined) return known
  const making = work()
  made.set(name, making)
  making.catch(() => made.delete(name))
  return making
}

const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-contract-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A reference video: MP4 or MOV, 1-30 s, at most 100 MB. Answers what is wrong in words. */
export const fetchReference = async (url: string): Promise<{ bytes: Buffer; seconds: number } | string> => {
  if (!/^https?:/.test(url)) return 'Only HTTP and HTTPS addresses are supported.'
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) }).catch(() => undefined)
  if (!response?.ok) return 'Unable to download the media resource.'
  const bytes = Buffer.from(await response.arrayBuffer())
  if (bytes.length > MOST_BYTES) return 'The media resource is too large.'
  if (bytes.subarray(4, 8).toString('latin1') !== 'ftyp') return 'The media resource is neither MP4 nor MOV.'
  const measure = () =>
    inFolder(async (folder) => {
      const file = join(folder, 'reference.mp4')
      await writeFile(file, bytes)
      const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file])
      return Number(stdout)
    })
  const seconds = await once(measure, bytes, 'seconds')
  return seconds >= 1 && seconds <= 30 ? { bytes, seconds } : 'The length of the media resource is not supported.'
}

/** A clip of the size and length that were asked for: 30 pictures a second, H.264, with sound, as the service's own. */
export const clipOf = (
  reference: Buffer,
  { width, height, seconds }: { width: number; height: number; seconds: number },
): Promise<Buffer> => {
  const make = () =>
    inFolder(async (folder) => {
      const [file, clip] = [join(folder, 'reference.mp4'), join(folder, 'clip.mp4')]
      await writeFile(file, reference)
      const input = ['-v', 'error', '-stream_loop', '-1', '-i', file, '-f', 'lavfi', '-i', 'anullsrc=r=44100:cl=stereo']
      const picture = `scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height},setsar=1,fps=30`
      const output = ['-map', '0:v:0', '-map', '1:a:0', '-t', String(seconds), '-vf', picture, '-pix_fmt', 'yuv420p']
      await run('ffmpeg', [...input, ...output, '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', '-y', clip])
      return await readFile(clip)
    })
  return once(make, reference, width, height, seconds)
}
