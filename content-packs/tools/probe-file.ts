/** What ffprobe says of one file of a pack: picture size, whether it has alpha, how long it lasts. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'

const run = promisify(execFile)

const Probe = z.object({
  format: z.object({ duration: z.coerce.number().optional() }),
  streams: z.array(
    z.object({
      codec_type: z.string(),
      width: z.number().optional(),
      height: z.number().optional(),
      pix_fmt: z.string().optional(),
    }),
  ),
})

export type ProbedFile = {
  /** Size of the first picture stream in pixels; absent where there is none. */
  picture?: { width: number; height: number; alpha: boolean }
  sound: boolean
  durationMs: number
}

/** Probes `path`. Rejects when ffprobe is absent or cannot read the file. */
export const probeFile = async (path: string): Promise<ProbedFile> => {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', path])
  const { format, streams } = Probe.parse(JSON.parse(stdout))
  const picture = streams.find((stream) => stream.codec_type === 'video')
  return {
    ...(picture?.width && picture.height
      ? {
          picture: {
            width: picture.width,
            height: picture.height,
            alpha: /yuva|argb|rgba|bgra|abgr/.test(picture.pix_fmt ?? ''),
          },
        }
      : {}),
    sound: streams.some((stream) => stream.codec_type === 'audio'),
    durationMs: Math.round((format.duration ?? 0) * 1000),
  }
}
