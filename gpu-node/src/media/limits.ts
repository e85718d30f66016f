/**
 * Every limit under which media is read and written, in one place. Strangers' uploads are decoded here: each number
 * bounds something a hostile or broken file could otherwise exhaust (time, memory, disk, handles).
 */
import { CLIP_RULES } from '@fanreel/protocol'

/** Frames a second of the normalised clip and of the film. */
export const FPS = 24
/** Samples a second of all sound inside the node: mono or stereo, 32-bit float. */
export const SAMPLE_RATE = 48_000

export const MEDIA_LIMITS = {
  /** Processor time of a probe, in seconds: a file that takes more counts as unreadable. */
  PROBE_CPU_SECONDS: 5,
  /** A probe that takes longer is killed. It has had no processor time to speak of, so the machine is to blame. */
  PROBE_MS: 30_000,
  /** A decode that takes longer is killed. */
  DECODE_MS: 120_000,
  /** An encode that takes longer is killed. */
  ENCODE_MS: 240_000,
  /** Kept of what a child says on stderr; the rest is dropped, so a chatty one cannot fill memory. */
  STDERR_BYTES: 64 * 1024,
  /** A probe's answer: beyond it the file holds far more than a clip. */
  PROBE_BYTES: 2 * 1024 * 1024,
  /** Address space of a child. x264 and libavcodec map much and touch little. */
  ADDRESS_BYTES: 4 * 1024 ** 3,
  /** CPU time of a child, in seconds. */
  CPU_SECONDS: 600,
  /** Largest file a child may write. */
  FILE_BYTES: 512 * 1024 ** 2,
  OPEN_FILES: 64,
  /** One allocation inside libav. */
  ALLOCATION_BYTES: 256 * 1024 ** 2,
  /** Streams in a container; a camera writes two, phones up to five. */
  STREAMS: 8,
  /** Read before the streams must be known: bytes and microseconds. */
  PROBE_SIZE: 5_000_000,
  ANALYSE_MICROSECONDS: 5_000_000,
  MAX_PIXELS: CLIP_RULES.MAX_PIXELS,
  /** Long side of the normalised picture. */
  MAX_LONG_SIDE: 1_280,
  /** Niceness of a child: a film must never starve the socket that carries its lease. */
  NICENESS: 5,
} as const

/** Decoders a clip may need. Whatever else a file asks for is refused: each decoder left out is attack surface gone. */
export const DECODERS = [
  'h264',
  'hevc',
  'vp8',
  'vp9',
  'libvpx',
  'libvpx-vp9',
  'av1',
  'libdav1d',
  'libaom-av1',
  'mpeg4',
  'aac',
  'opus',
  'libopus',
  'vorbis',
  'mp3',
  'mp3float',
  'pcm_s16le',
  'pcm_f32le',
  'flac',
] as const
