/**
 * Every clip of the media folder, good and awkward, to its end: a reel that ffprobe accepts or a refusal by name. Never
 * a crash, a hang or another word. The table at the end is for people to read. Run by `npm run test:media`.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ClipCode } from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awkwardClip, hasMedia, mediaFolder, needsMedia, visitorClip } from '../support/media.ts'
import { probeReel } from '../support/probe-reel.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const command = join(root, 'gpu-node', 'bin', 'gpu-node.mjs')
const pack = join(root, 'content-packs', 'figure-skating')

/** Clips whose refusal leaves no doubt, and the code a visitor must get. The others may end either way, with a good film. */
const MUST_REFUSE: Record<string, string> = {
  'all_black_silent.mp4': 'clip-too-dark',
  'audio_only.mp4': 'clip-no-picture',
  'random_bytes.mp4': 'clip-unreadable',
  'text_file.mp4': 'clip-unreadable',
  'zero_bytes.mp4': 'clip-unreadable',
  'truncated_header_only.webm': 'clip-unreadable',
  'one_frame.mp4': 'clip-too-short',
  'short_3_frames.mp4': 'clip-too-short',
}
/** Everyday input, however odd: each must end in a film. */
const MUST_SUCCEED = new Set([
  'man-a-take-1.mp4',
  'man-a-take-2.mp4',
  'man-b-gestures-with-speech.mp4',
  'woman-a.mp4',
  'woman-b-silent.mkv',
  'webm_no_duration_vp8_opus.webm',
  'fragmented_no_duration.mp4',
  'no_audio_track.mp4',
  'silent_audio_track.mp4',
  'rotated_meta_90.mp4',
  'rotated_meta_270.mp4',
  'vfr_dropped_frames.mp4',
  'audio_very_quiet.mp4',
  'audio_5_1.mp4',
  'av1_opus.webm',
  'hevc_10bit_hdr_pq.mp4',
  'interlaced.mp4',
  'odd_641x361_yuv444.mp4',
  'mpeg4_part2.avi',
])

type Outcome = { code: string } | { likeness: number; seconds: number; advice: string[] }

const render = (clip: string, out: string) =>
  new Promise<{ exitCode: number; answer: Outcome }>((resolve, reject) => {
    const args = [command, 'render', '--clip', clip, '--pack', pack, '--out', out, '--json', '--name', 'Vita']
    execFile(process.execPath, args, { timeout: 240_000 }, (error, stdout, stderr) => {
      try {
        resolve({
          exitCode: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
          answer: JSON.parse(stdout) as Outcome,
        })
      } catch (cause) {
        reject(new Error(`no answer; stderr ends: ${stderr.slice(-800)}`, { cause }))
      }
    })
  })

const listed = async (name: string) => (hasMedia ? (await readdir(join(mediaFolder, name))).sort() : [])
const clips = [
  ...(await listed('visitors')).map((name) => ({ name, path: visitorClip(name) })),
  ...(await listed('awkward')).map((name) => ({ name, path: awkwardClip(name) })),
]

let folder: string
const table: string[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-media-'))
})
afterAll(async () => {
  if (table.length > 0) process.stderr.write(`\n${table.join('\n')}\n`)
  await rm(folder, { recursive: true, force: true })
})

describe.skipIf(!hasMedia)(`every clip ends in a film or a clear word${needsMedia}`, () => {
  it.each(clips)(
    '$name',
    async ({ name, path }) => {
      const out = join(folder, `${name}.reel.mp4`)
      const { exitCode, answer } = await render(path, out)
      if ('code' in answer) {
        table.push(`${name.padEnd(36)} ${answer.code}`)
        expect(exitCode).toBe(3)
        expect(ClipCode.safeParse(answer.code).success, `${answer.code} is about the clip`).toBe(true)
        expect(MUST_SUCCEED.has(name), `${name} is everyday input, refused with ${answer.code}`).toBe(false)
        if (MUST_REFUSE[name]) expect(answer.code).toBe(MUST_REFUSE[name])
        return
      }
      table.push(
        `${name.padEnd(36)} film, likeness ${answer.likeness}, ${answer.seconds} s, advice ${answer.advice.join(' ') || 'none'}`,
      )
      expect(exitCode).toBe(0)
      expect(MUST_REFUSE[name], `${name} must be refused`).toBeUndefined()
      expect(answer.likeness).toBeLessThanOrEqual(0.5)
      const facts = await probeReel(out)
      expect(facts.video).toMatchObject({ codec: 'h264', pixelFormat: 'yuv420p', width: 720, height: 1280 })
      expect(facts.seconds).toBeGreaterThan(13)
      expect(facts.seconds).toBeLessThan(17)
      await rm(out)
    },
    250_000,
  )
})

it.skipIf(hasMedia)('knows where the clips are (media folder missing)', () => expect(hasMedia).toBe(true))
