/** A film for a fake camera, put together from the sample visitor: all that may be wrong before a camera, one after the other. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const vita = (file: string) => fileURLToPath(new URL(`../../ops/demo/sample-visitor/${file}`, import.meta.url))

/** A camera on its side, nine to sixteen: taller than the upright picture, of which the upper part is guided by. */
const SIZE = { width: 720, height: 1280 }
const FPS = 10
/** Chromium plays MJPEG at 30 pictures a second whatever it was made with: each picture is written so often. */
const PLAYED_FPS = 30
const WALL = `color=c=0xb8ada0:s=${SIZE.width}x${SIZE.height}:r=${FPS}`

/** Vita cut out, as large as `scale` of her own size, at a place; mirrored where two of her stand side by side. */
type Standing = { scale: number; x: number; y: number; mirrored?: boolean }
type Scene = { seconds: number; people: Standing[]; dim?: number }

/** In this order the kiosk says: step in, come closer, to your right, more light, one star, speak, and all is well. */
const SCENES: readonly Scene[] = [
  { seconds: 4, people: [] },
  { seconds: 4, people: [{ scale: 0.35, x: 234, y: 500 }] },
  { seconds: 4, people: [{ scale: 0.9, x: 240, y: 60 }] },
  { seconds: 4, people: [{ scale: 0.9, x: 36, y: 60 }], dim: 0.3 },
  {
    seconds: 4,
    people: [
      { scale: 0.62, x: -50, y: 180 },
      { scale: 0.62, x: 320, y: 180, mirrored: true },
    ],
  },
  { seconds: 22, people: [{ scale: 0.9, x: 36, y: 60 }] },
]
/** Nobody says anything until they have stood well for a while: longer than a busy machine is behind with the picture. */
const SILENT_SECONDS = 34

/** Writes `guide.mjpeg` and `guide.wav` into a folder, as Chromium's fake devices read them. */
export const makeGuideFilm = async (folder: string): Promise<{ picture: string; sound: string }> => {
  const people = SCENES.flatMap((scene) => scene.people)
  const copies = people.map((_, index) => `[vita${index}]`).join('')
  const cut = `[0:v][1:v]alphamerge,fps=${FPS},split=${people.length}${copies}`
  let person = 0
  const scenes = SCENES.map(({ seconds, people: standing, dim }, scene) => {
    let lines = `${WALL}:d=${seconds}[wall${scene}_0];`
    standing.forEach(({ scale, x, y, mirrored }, index) => {
      const size = `scale=${Math.round(SIZE.width * scale)}:-2${mirrored ? ',hflip' : ''}`
      lines += `[vita${person}]trim=duration=${seconds},setpts=PTS-STARTPTS,${size}[p${person}];`
      lines += `[wall${scene}_${index}][p${person}]overlay=${x}:${y}:shortest=1[wall${scene}_${index + 1}];`
      person++
    })
    return `${lines}[wall${scene}_${standing.length}]lutyuv=y=val*${dim ?? 1}[scene${scene}]`
  })
  const joined = `${SCENES.map((_, scene) => `[scene${scene}]`).join('')}concat=n=${SCENES.length}:v=1,fps=${PLAYED_FPS}[out]`
  const [picture, sound] = [join(folder, 'guide.mjpeg'), join(folder, 'guide.wav')]
  const quiet = ['-v', 'error', '-nostdin', '-y']
  const filters = ['-filter_complex', [cut, ...scenes, joined].join(';'), '-map', '[out]']
  const files = ['visitor.mp4', 'visitor-alpha.mkv'].flatMap((file) => ['-stream_loop', '-1', '-i', vita(file)])
  await run('ffmpeg', [
    ...quiet,
    ...files,
    ...filters,
    '-pix_fmt',
    'yuvj420p',
    '-c:v',
    'mjpeg',
    '-q:v',
    '4',
    '-f',
    'mjpeg',
    picture,
  ])
  const speech = `aresample=48000,aloop=loop=-1:size=${6 * 48_000},adelay=${SILENT_SECONDS}s:all=1,atrim=duration=60`
  await run('ffmpeg', [...quiet, '-i', vita('visitor.mp4'), '-af', speech, '-ac', '2', '-c:a', 'pcm_s16le', sound])
  return { picture, sound }
}
