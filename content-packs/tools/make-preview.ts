/**
 * Makes the silent loop and its poster by which a world is chosen at the kiosk: 540x960, 24 frames a second, about six
 * seconds, at most 900 kB. With a reel it takes moments of that film; without one it moves slowly through the plates.
 * Run: npx tsx content-packs/tools/make-preview.ts FOLDER [--reel FILE [--at 2.2,6.35,8.4,0.2,13.4]]
 */
import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { Pack } from '../schema/index.ts'

const run = promisify(execFile)
const WIDTH = 540
const HEIGHT = 960
const FPS = 24
/** Each piece, and how long two of them overlap, in seconds. A dissolve, never a flash. */
const PIECE = 1.5
const OVERLAP = 0.25
/** Bits a second that keep six seconds under 900 kB. */
const MAX_RATE = '1100k'

type Piece = { input: string[]; filter: string }

/** A slow push into, or out of, a plate. */
const movingPlate = (file: string, index: number): Piece => {
  const frames = Math.round(PIECE * FPS)
  const zoom = index % 2 === 0 ? `1.08+0.12*on/${frames}` : `1.2-0.12*on/${frames}`
  return {
    input: ['-i', file],
    filter: `scale=1080:1920,zoompan=z='${zoom}':x='iw/2-iw/zoom/2':y='ih*0.46-ih/zoom*0.46':d=${frames}:s=${WIDTH}x${HEIGHT}:fps=${FPS}`,
  }
}

const momentOf = (reel: string, at: number): Piece => ({
  input: ['-ss', String(at), '-t', String(PIECE), '-i', reel],
  filter: `fps=${FPS},scale=${WIDTH}:${HEIGHT}:force_original_aspect_ratio=increase:flags=lanczos,crop=${WIDTH}:${HEIGHT}`,
})

/**
 * Joins the pieces by dissolves. The last one dissolves into the beginning of the first, whose beginning is cut away, so
 * that the end of the loop meets its start.
 */
const joined = (pieces: readonly Piece[]): string => {
  const parts = pieces.map(
    ({ filter }, index) => `[${index}:v]${filter},trim=duration=${PIECE},setpts=PTS-STARTPTS,format=yuv420p[p${index}]`,
  )
  const first = `[p0]split[a][b];[a]trim=start=${OVERLAP},setpts=PTS-STARTPTS[head];[b]trim=duration=${OVERLAP},setpts=PTS-STARTPTS[tail]`
  let last = 'head'
  let length = PIECE - OVERLAP
  const fades = [...pieces.keys()].slice(1).map((index) => {
    const fade = `[${last}][p${index}]xfade=transition=fade:duration=${OVERLAP}:offset=${(length - OVERLAP).toFixed(3)}[j${index}]`
    last = `j${index}`
    length += PIECE - OVERLAP
    return fade
  })
  return [
    ...parts,
    first,
    ...fades,
    `[${last}][tail]xfade=transition=fade:duration=${OVERLAP}:offset=${(length - OVERLAP).toFixed(3)},fps=${FPS}[out]`,
  ].join(';')
}

const encode = async (pieces: readonly Piece[], loop: string, poster: string): Promise<void> => {
  await Promise.all([loop, poster].map((path) => mkdir(dirname(path), { recursive: true })))
  const video = [
    '-c:v',
    'libx264',
    '-preset',
    'slow',
    '-crf',
    '25',
    '-maxrate',
    MAX_RATE,
    '-bufsize',
    '2200k',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '48',
  ]
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    ...pieces.flatMap(({ input }) => input),
    '-filter_complex',
    joined(pieces),
    '-map',
    '[out]',
    '-an',
    ...video,
    '-movflags',
    '+faststart',
    '-map_metadata',
    '-1',
    loop,
  ])
  await run('ffmpeg', ['-v', 'error', '-y', '-i', loop, '-frames:v', '1', '-q:v', '3', poster])
}

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { reel: { type: 'string' }, at: { type: 'string', default: '2.2,6.35,8.4,0.2,13.4' } },
  })
  const folder = positionals[0]
  if (!folder) throw new Error('usage: make-preview.ts FOLDER [--reel FILE [--at SECONDS,...]]')
  const pack = Pack.parse(JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8')))
  const { reel } = values
  const pieces = reel
    ? values.at.split(',').map((at) => momentOf(reel, Number(at)))
    : pack.plates.slice(0, 5).map((plate, index) => movingPlate(join(folder, plate.file), index))
  await encode(pieces, join(folder, pack.preview.loop), join(folder, pack.preview.poster))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main()
