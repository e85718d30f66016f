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

/** Clips that cannot become a film, and the code their visitor must get. Every other clip must end in a film, however odd. */
const MUST_REFUSE: Record<string, string> = {
  'all_black_silent.mp4': 'clip-too-dark',
  'very_dark.mp4': 'clip-too-dark',
  'out_of_focus.mp4': 'clip-out-of-focus',
  'frozen_still_with_speech.mp4': 'clip-frozen',
  'fps1.mp4': 'clip-frozen',
  'head_cut_off.mp4': 'clip-face-cut-off',
  'person_half_out_of_frame.mp4': 'clip-face-cut-off',
  'extreme_aspect_16to1.mp4': 'clip-no-person',
  'tiny_64x48.mp4': 'clip-no-picture',
  'audio_only.mp4': 'clip-no-picture',
  'too_long_120s.mp4': 'clip-too-long',
  'one_frame.mp4': 'clip-too-short',
  'short_3_frames.mp4': 'clip-too-short',
  'random_bytes.mp4': 'clip-unreadable',
  'text_file.mp4': 'clip-unreadable',
  'zero_bytes.mp4': 'clip-unreadable',
  'truncated_header_only.webm': 'clip-unreadable',
  // A still picture under another name, and a container (RIFF) that no camera of a kiosk writes: never given to a decoder.
  'jpeg_renamed.mp4': 'clip-unreadable',
  'mpeg4_part2.avi': 'clip-unreadable',
}

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

/** Without the folder one row stands for all, so that the last lines say what was left out. */
const NONE = { name: 'all of them', path: '' }

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
  it.each(hasMedia ? clips : [NONE])(
    '$name',
    async ({ name, path }) => {
      const out = join(folder, `${name}.reel.mp4`)
      const { exitCode, answer } = await render(path, out)
      if ('code' in answer) {
        table.push(`${name.padEnd(36)} ${answer.code}`)
        expect(exitCode).toBe(3)
        expect(ClipCode.safeParse(answer.code).success, `${answer.code} is about the clip`).toBe(true)
        expect(answer.code, `${name} is refused`).toBe(MUST_REFUSE[name] ?? 'no code, but a film')
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
