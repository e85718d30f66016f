import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadImage } from '@napi-rs/canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStudio } from '../engines/studio/studio-engine.ts'
import { readSound } from '../sound/pcm.ts'
import { loadModels, type Models } from '../vision/models/load-models.ts'
import { makeShortFilm, SAMPLE_VISITOR, type ShortFilm } from './short-film.fixture.ts'
import { type Verification, verifyReel } from './verify.ts'

const run = promisify(execFile)
const { signal } = new AbortController()
const engine = createStudio({ cacheDir: fileURLToPath(new URL('../../../.fanreel/cache', import.meta.url)) })
const media = process.env.FANREEL_MEDIA ?? fileURLToPath(new URL('../../../../shared/media', import.meta.url))
const otherVisitor = join(media, 'visitors', 'man-a-take-1.mp4')

let folder: string
let models: Models
let film: ShortFilm

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-verify-'))
  models = await loadModels()
  film = await makeShortFilm({ clip: SAMPLE_VISITOR, from: 1, seconds: 2.5, folder: join(folder, 'vita'), models, engine })
}, 240_000)
afterAll(async () => {
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

const check = (reel: string, identity = film.cast.identity): Promise<Verification> =>
  verifyReel({ reel, shotList: film.shotList, identity, models, signal })

/** The real film, put through ffmpeg with these options. Sound that is not to be damaged is not packed twice. */
const damaged = async (name: string, ...options: string[]): Promise<string> => {
  const path = join(folder, `${name}.mp4`)
  const sound = options.includes('-af') ? 'aac' : 'copy'
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', sound]
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-i', film.reel, ...codec, ...options, '-y', path])
  return path
}
const codeOf = async (reel: string) => {
  const verification = await check(reel)
  return verification.ok ? 'ok' : verification.code
}

describe('a real reel', () => {
  it('F10: passes, and what was measured of it is reported', async () => {
    const verification = await check(film.reel)
    expect(verification.ok).toBe(true)
    const { findings } = verification
    expect(findings).toMatchObject({ width: 720, height: 1280, durationMs: (film.shotList.frames * 1000) / 24 })
    expect(findings!.likeness).toBeLessThan(0.35)
    expect(Math.abs(findings!.loudnessLufs + 14)).toBeLessThan(1.2)
    expect(findings!.truePeakDb).toBeLessThanOrEqual(-1)
    expect(findings!.flashes).toBeLessThanOrEqual(3)
    expect(Object.keys(findings!.shotLikeness).length).toBeGreaterThanOrEqual(2)
  })

  it('F13: the voice is in sync with the picture it was filmed with, within 40 ms', async () => {
    const shot = film.shotList.shots.find((one) => one.voice)!
    expect(shot).toBeDefined()
    const [reel] = await readSound(
      { file: film.reel, input: ['-f', 'mov'], channels: 1, filters: 'highpass=f=300,lowpass=f=3000' },
      signal,
    )
    const raw = ['-f', 'f32le', '-ar', '48000', '-ac', '1']
    const [clip] = await readSound(
      { file: film.cast.sound!.path, input: raw, channels: 1, filters: 'highpass=f=300,lowpass=f=3000' },
      signal,
    )
    const [inReel, inClip] = [(shot.startFrame * 48_000) / 24, Math.round((shot.source.startMs * 24) / 1000) * 2_000]
    const length = (shot.frames * 48_000) / 24 - 9_600
    const match = (lag: number) => {
      let sum = 0
      for (let i = 4_800; i < length; i += 2) sum += (reel![inReel + i + lag] ?? 0) * (clip![inClip + i] ?? 0)
      return Math.abs(sum)
    }
    let best = { lag: 0, match: 0 }
    for (let lag = -4_800; lag <= 4_800; lag += 6) if (match(lag) > best.match) best = { lag, match: match(lag) }
    expect(Math.abs(best.lag) / 48).toBeLessThan(40)
  })

  it('comes with a poster and small previews', async () => {
    const poster = await loadImage(await readFile(film.poster))
    expect([poster.width, poster.height]).toEqual([720, 1280])
    expect(film.previews.length).toBeGreaterThanOrEqual(3)
    for (const preview of film.previews) expect(preview.length).toBeLessThan(40 * 1024)
  })
})

describe('a reel that was damaged', () => {
  it('F11: black in its middle is refused', async () =>
    expect(await codeOf(await damaged('black', '-vf', "drawbox=c=black:t=fill:enable='between(n,30,60)'"))).toBe('reel-black'))

  it('F11: a picture that stands still is refused', async () =>
    expect(await codeOf(await damaged('frozen', '-vf', 'loop=loop=40:size=1:start=20,trim=end_frame=84,setpts=N/24/TB'))).toBe(
      'reel-frozen',
    ))

  it('F12: silence is refused, and so is a film without a sound track', async () => {
    expect(await codeOf(await damaged('quiet', '-af', 'volume=0'))).toBe('reel-silent')
    expect(await codeOf(await damaged('hole', '-af', "volume=0:enable='between(t,1,2.6)'"))).toBe('reel-silent')
    expect(await codeOf(await damaged('mute', '-an'))).toBe('reel-silent')
  })

  it('F12: a film far from its loudness, or louder than full scale, is refused', async () => {
    expect(await codeOf(await damaged('soft', '-af', 'volume=-6dB'))).toBe('reel-wrong-format')
    expect(await codeOf(await damaged('clipped', '-af', 'volume=2.4dB'))).toBe('reel-wrong-format')
  })

  it('F14: a wrong length is refused', async () =>
    expect(await codeOf(await damaged('short', '-t', '2'))).toBe('reel-wrong-length'))

  it('F14: a wrong size, another codec and a broken file are refused', async () => {
    expect(await codeOf(await damaged('small', '-vf', 'scale=360:640'))).toBe('reel-wrong-format')
    expect(await codeOf(await damaged('slow', '-r', '12'))).toBe('reel-wrong-format')
    expect(await codeOf(await damaged('mpeg4', '-c:v', 'mpeg4'))).toBe('reel-wrong-format')
    const broken = join(folder, 'broken.mp4')
    await writeFile(broken, (await readFile(film.reel)).subarray(4_000, 90_000))
    expect(await codeOf(broken)).toBe('reel-wrong-format')
  })

  it('F9: more than three flashes a second are refused', async () =>
    expect(await codeOf(await damaged('flashing', '-vf', "drawbox=c=white:t=fill:enable='lt(mod(n,4),2)*between(n,8,76)'"))).toBe(
      'reel-wrong-format',
    ))

  it('F15: a film in which the face cannot be seen is refused', async () =>
    expect(await codeOf(await damaged('faceless', '-vf', 'drawbox=x=60:y=180:w=600:h=700:c=0x203050:t=fill'))).toBe(
      'reel-face-unseen',
    ))

  it.skipIf(!existsSync(otherVisitor))(
    `F16: another visitor's film is refused${existsSync(otherVisitor) ? '' : ' (media folder missing)'}`,
    async () => {
      const other = await makeShortFilm({
        clip: otherVisitor,
        from: 0.4,
        seconds: 2.2,
        folder: join(folder, 'other'),
        models,
        engine,
      })
      expect(await codeOf(other.reel)).toBe('reel-other-person')
      const own = await verifyReel({ reel: other.reel, shotList: other.shotList, identity: other.cast.identity, models, signal })
      expect(own.ok).toBe(true)
    },
    240_000,
  )
})
