/**
 * A real film, as short as the rules of verify allow to be judged by: a visitor's clip through cast, studio, sound and
 * assembly, three shots of 28 pictures each, 48 where the voice is heard. For tests that damage it.
 */
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ShotList } from '@fanreel/protocol'
import { assembleFilm } from '../assembly/assemble.ts'
import { bakeGraphics } from '../assembly/graphics.ts'
import { direct } from '../director/direct.ts'
import type { PictureEngine } from '../engines/engine.ts'
import { loadPack } from '../pack.ts'
import { mixSound } from '../sound/mix.ts'
import { buildCast } from '../vision/build-cast.ts'
import type { Cast } from '../vision/cast.ts'
import type { Models } from '../vision/models/load-models.ts'

const run = promisify(execFile)
export const PACK_FOLDER = fileURLToPath(new URL('../../../content-packs/figure-skating', import.meta.url))
export const SAMPLE_VISITOR = fileURLToPath(new URL('../../../ops/demo/sample-visitor/visitor.mp4', import.meta.url))
/** As wide as verify looks at a film for faces: what it sees is what it would see of a film 720 wide, and is drawn and packed in a third of the time. */
export const SHORT_FILM_SIZE = { width: 432, height: 768 }
const FRAMES = 28
const VOICE_FRAMES = 48

/** Three shots that show the face, the sentence among them, made shorter. */
const shortened = (list: ShotList): ShotList => {
  let frames = 0
  const shots = list.shots
    .filter((shot) => ['boards', 'interview', 'close-up'].includes(shot.treatment))
    .map((shot) => {
      const short = { ...shot, startFrame: frames, frames: shot.voice ? VOICE_FRAMES : FRAMES }
      frames += short.frames
      return short
    })
  return { ...list, shots, frames }
}

export type ShortFilm = { reel: string; poster: string; shotList: ShotList; cast: Cast; previews: Uint8Array[] }

/** Makes it in `folder`, from `seconds` of the clip. */
export const makeShortFilm = async (options: {
  clip: string
  from: number
  seconds: number
  folder: string
  models: Models
  engine: PictureEngine
}): Promise<ShortFilm> => {
  const { folder, models, engine } = options
  const { signal } = new AbortController()
  await mkdir(folder, { recursive: true })
  const clip = join(folder, 'clip.mp4')
  const cut = ['-ss', String(options.from), '-t', String(options.seconds), '-i', options.clip]
  await run('ffmpeg', ['-v', 'error', '-nostdin', ...cut, '-c:v', 'libx264', '-crf', '14', '-c:a', 'aac', '-y', clip])
  const cast = await buildCast({ clip, scratch: folder, models, signal })
  if ('usable' in cast) throw new Error(cast.code)
  const pack = await loadPack(PACK_FOLDER)
  const shotList = shortened(direct({ pack: pack.pack, packHash: pack.hash, cast, seed: 5, size: SHORT_FILM_SIZE }))
  const [reel, poster, sound] = ['reel.mp4', 'poster.jpg', 'sound.m4a'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await mixSound({ cast, shotList, pack, path: sound, signal })
  const previews: Uint8Array[] = []
  await assembleFilm({
    shotList,
    drawn: shotList.shots.map((shot) =>
      engine.renderShot({ shot, shotList, cast, pack, scratch: folder, tail: 0, gentleness: 0, signal }),
    ),
    graphics: bakeGraphics({ pack: pack.pack, language: 'en', firstName: 'Vita', shotList }),
    sound,
    reel,
    poster,
    signal,
    onProgress: (_, preview) => preview && previews.push(preview),
  })
  return { reel, poster, shotList, cast, previews }
}
