/**
 * The first look at a clip: what it is, or the code by which it is refused. Nothing is decoded here; a file that cannot
 * be understood within the probe's few seconds is as good as unreadable. A machine that cannot look is no fault of the clip.
 */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CLIP_RULES, type ClipCode, MAX_CLIP_BYTES } from '@fanreel/protocol'
import { z } from 'zod'
import type { Child } from './child.ts'
import { startFfprobe } from './ffmpeg.ts'
import { MEDIA_LIMITS } from './limits.ts'
import { type Container, sniff } from './sniff.ts'
import { ToolFault } from './tool-fault.ts'

/** What a readable clip is. Sizes are those of the upright, square-pixel picture. */
export type ClipInfo = {
  ok: true
  path: string
  container: Container
  width: number
  height: number
  /** Absent where the file does not say and cannot be asked cheaply (browsers' recordings, cut-off files). */
  durationMs?: number
  /** Frames a second as the file claims. */
  fps: number
  codec: string
  /** High dynamic range, to be mapped down. */
  hdr: boolean
  interlaced: boolean
  hasSound: boolean
}
export type ProbeResult = ClipInfo | { ok: false; code: ClipCode }

const Stream = z.object({
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  sample_aspect_ratio: z.string().optional(),
  r_frame_rate: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  duration: z.string().optional(),
  color_transfer: z.string().optional(),
  field_order: z.string().optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
})
type Stream = z.infer<typeof Stream>
const Report = z.object({ streams: z.array(Stream).optional(), format: z.object({ duration: z.string().optional() }).optional() })
const Packets = z.object({ packets: z.array(z.object({ pts_time: z.string().optional() })).optional() })

const refused = (code: ClipCode): ProbeResult => ({ ok: false, code })

/** `30000/1001`, `2:1` and the like as a number; 0 where it is none. */
export const ratio = (text: string | undefined): number => {
  const [top = Number.NaN, bottom = 1] = (text ?? '').split(/[/:]/).map(Number)
  const value = top / bottom
  return Number.isFinite(value) && value > 0 ? value : 0
}

type Answer = { whole: true; json: unknown } | { whole: false; overflow: boolean }

const OPENING = '{'.charCodeAt(0)

/**
 * What ffprobe has said of the file. @throws ToolFault where it had no chance to say anything: with its JSON open it has
 * run, and whatever follows is about the file.
 */
const answerOf = async (child: Child, signal: AbortSignal | undefined): Promise<Answer> => {
  child.stdin.end()
  const parts: Buffer[] = []
  let held = 0
  let overflow = false
  child.stdout.on('data', (part: Buffer) => {
    held += part.length
    if (held > MEDIA_LIMITS.PROBE_BYTES) {
      overflow = true
      child.kill()
    } else parts.push(part)
  })
  const end = await child.ended
  signal?.throwIfAborted()
  if (overflow || end.fault === 'cpu-spent') return { whole: false, overflow }
  if (end.fault) throw new ToolFault(end.fault, end.stderr)
  if (parts[0]?.[0] !== OPENING) throw new ToolFault('not-started', end.stderr)
  if (end.code !== 0) return { whole: false, overflow }
  try {
    return { whole: true, json: JSON.parse(Buffer.concat(parts).toString('utf8')) }
  } catch {
    return { whole: false, overflow }
  }
}

const SHOWN = [
  'format=duration',
  'stream=codec_type,codec_name,width,height,sample_aspect_ratio,r_frame_rate,avg_frame_rate,duration,color_transfer,field_order',
  'stream_disposition=attached_pic',
  'stream_side_data=rotation',
].join(':')

const uprightSize = (stream: Stream): { width: number; height: number } => {
  const aspect = ratio(stream.sample_aspect_ratio) || 1
  const width = Math.round((stream.width ?? 0) * aspect)
  const height = stream.height ?? 0
  const turn = Math.abs(stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0)
  return turn % 180 === 90 ? { width: height, height: width } : { width, height }
}

/** The last picture's time by the packets' stamps, for files whose header does not say how long they are. */
const durationByPackets = async (
  path: string,
  container: Container,
  how: Parameters<typeof startFfprobe>[3],
): Promise<number | 'endless' | undefined> => {
  const show = ['-select_streams', 'v:0', '-show_entries', 'packet=pts_time']
  const answer = await answerOf(await startFfprobe(path, container, show, how), how.signal)
  if (!answer.whole) return answer.overflow ? 'endless' : undefined
  const parsed = Packets.safeParse(answer.json)
  const times = (parsed.data?.packets ?? []).map((packet) => Number(packet.pts_time)).filter(Number.isFinite)
  return times.length > 1 ? (Math.max(...times) - Math.min(...times)) * 1000 : undefined
}

/** How long the look may take, by the clock and in processor time; by default the limits'. */
export type ProbeOptions = {
  timeoutMs?: number
  cpuSeconds?: number
  /** A shorter one is refused, in milliseconds; by default what a visitor must be seen for. */
  leastMs?: number
}

/**
 * Looks at a clip. Resolves within some seconds; throws the signal's reason, and ToolFault where this machine could not
 * look: no code of the clip's may come of that.
 */
export const probe = async (
  file: string,
  signal?: AbortSignal,
  { timeoutMs = MEDIA_LIMITS.PROBE_MS, cpuSeconds, leastMs = CLIP_RULES.MIN_FACE_MS - 100 }: ProbeOptions = {},
): Promise<ProbeResult> => {
  const how = { timeoutMs, cpuSeconds, signal }
  const path = resolve(file)
  const { size } = await stat(path)
  if (size > MAX_CLIP_BYTES) return refused('clip-too-large')
  const container = await sniff(path)
  if (!container) return refused('clip-unreadable')
  const child = await startFfprobe(path, container, ['-show_entries', SHOWN], how)
  const answer = await answerOf(child, signal)
  const report = answer.whole ? Report.safeParse(answer.json) : undefined
  const streams = report?.data?.streams
  if (!streams || streams.length === 0) return refused('clip-unreadable')
  const picture = streams.find((stream) => stream.codec_type === 'video' && !stream.disposition?.attached_pic)
  if (!picture) return refused(streams.some((stream) => stream.codec_type === 'audio') ? 'clip-no-picture' : 'clip-unreadable')
  const { width, height } = uprightSize(picture)
  if (width < 1 || height < 1) return refused('clip-unreadable')
  if (width * height > CLIP_RULES.MAX_PIXELS) return refused('clip-too-large')
  const stated = Number(picture.duration ?? report.data?.format?.duration ?? Number.NaN) * 1000
  const durationMs = stated > 0 ? stated : await durationByPackets(path, container, how)
  if (durationMs === 'endless' || (durationMs ?? 0) > CLIP_RULES.MAX_DURATION_MS) return refused('clip-too-long')
  if (durationMs !== undefined && durationMs < leastMs) return refused('clip-too-short')
  return {
    ok: true,
    path,
    container,
    width,
    height,
    ...(durationMs === undefined ? {} : { durationMs }),
    fps: ratio(picture.avg_frame_rate) || ratio(picture.r_frame_rate),
    codec: picture.codec_name ?? '',
    hdr: picture.color_transfer === 'smpte2084' || picture.color_transfer === 'arib-std-b67',
    interlaced: ['tt', 'bb', 'tb', 'bt'].includes(picture.field_order ?? ''),
    hasSound: streams.some((stream) => stream.codec_type === 'audio'),
  }
}
