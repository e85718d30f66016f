/** What ffprobe, not our own code, says of a finished film. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type ReelFacts = {
  seconds: number
  video: { codec: string; profile: string; pixelFormat: string; width: number; height: number; fps: string; frames: number }
  audio: { codec: string; sampleRate: number }
  /** `moov` lies before `mdat`, so that a phone may begin to play at once. */
  fastStart: boolean
}

export const probeReel = async (path: string): Promise<ReelFacts> => {
  const args = ['-v', 'error', '-count_frames', '-show_streams', '-show_format', '-of', 'json', path]
  const { stdout } = await run('ffprobe', args)
  const probe = JSON.parse(stdout) as { streams: Record<string, string | number>[]; format: { duration: string } }
  const video = probe.streams.find((stream) => stream.codec_type === 'video')
  const audio = probe.streams.find((stream) => stream.codec_type === 'audio')
  if (!video || !audio) throw new Error('the film lacks picture or sound')
  const { stdout: boxes } = await run('ffprobe', ['-v', 'trace', path], { maxBuffer: 64 << 20 }).then(({ stderr }) => ({
    stdout: stderr,
  }))
  return {
    seconds: Number(probe.format.duration),
    video: {
      codec: String(video.codec_name),
      profile: String(video.profile),
      pixelFormat: String(video.pix_fmt),
      width: Number(video.width),
      height: Number(video.height),
      fps: String(video.r_frame_rate),
      frames: Number(video.nb_read_frames),
    },
    audio: { codec: String(audio.codec_name), sampleRate: Number(audio.sample_rate) },
    fastStart: boxes.indexOf("type:'moov'") < boxes.indexOf("type:'mdat'"),
  }
}
