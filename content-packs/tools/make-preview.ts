/**
 * Makes the silent loop and its poster by which a world is chosen at the kiosk: 540x960, 24 frames a second, about six
 * seconds, at most 900 kB. With a reel it takes moments of that film; without one it moves slowly through the plates.
 * The kiosk writes its own words and the AI mark over the loop, so nothing may be written in it: `--plain` copies the
 * pack without graphics to make the reel with, and of the reel the part below its mark is taken.
 * With two plates' names it makes the pictures that stand behind whoever waits for a film, and behind a film that is made.
 * Run: npx tsx content-packs/tools/make-preview.ts FOLDER [--plain COPY | --reel FILE --at 2.2,6.35,8.4,0.2,13.4 | --waiting PLATE --making PLATE]
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { Pack } from '../schema/index.ts'

const run = promisify(execFile)
const WIDTH = 540
const HEIGHT = 960
const FPS = 24
/** Seconds of each piece. Pieces are cut, not dissolved: of two faces laid over each other neither is seen. */
const PIECE = 1.25
/** Where a reel's AI mark ends, as a share of its height. */
const BELOW_MARK = 0.105
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

/** A moment of a reel (`at`, or `at+seconds`), from below its mark, at the shape of the loop. */
const momentOf = (reel: string, moment: string): Piece => {
  const [at = '0', seconds = String(PIECE)] = moment.split('+')
  return {
    input: ['-ss', at, '-t', seconds, '-i', reel],
    filter: `crop=iw*${1 - BELOW_MARK}:ih*${1 - BELOW_MARK}:iw*${BELOW_MARK / 2}:ih*${BELOW_MARK},fps=${FPS},scale=${WIDTH}:${HEIGHT}:flags=lanczos`,
  }
}

/** Sets the pieces one after another. */
const joined = (pieces: readonly Piece[]): string =>
  [
    ...pieces.map(({ filter }, index) => `[${index}:v]${filter},setsar=1,setpts=PTS-STARTPTS,format=yuv420p[p${index}]`),
    `${pieces.map((_, index) => `[p${index}]`).join('')}concat=n=${pieces.length}:v=1:a=0[out]`,
  ].join(';')

/** A copy of the pack whose films carry no words but the AI mark. */
const copyPlain = async (folder: string, copy: string): Promise<void> => {
  await cp(folder, copy, { recursive: true, filter: (path) => !path.includes('/scene') })
  const pack = Pack.parse(JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8')))
  const plain = { ...pack, story: pack.story.map((slot) => ({ ...slot, graphics: [] })) }
  await writeFile(join(copy, 'pack.json'), JSON.stringify(plain))
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

/** A plate at the size of a phone's screen, as WebP: about 20 kB where the plate is as soft as it should be. */
const backdrop = async (pack: Pack, folder: string, plateId: string | undefined, path: string | undefined): Promise<void> => {
  const plate = pack.plates.find(({ id }) => id === plateId)
  if (!plate || path === undefined) throw new Error(`no plate ${plateId}, or pack.json names no picture to make of it`)
  const webp = ['-vf', 'scale=540:960:flags=lanczos', '-c:v', 'libwebp', '-quality', '60', '-compression_level', '6']
  await run('ffmpeg', ['-v', 'error', '-y', '-i', join(folder, plate.file), ...webp, '-map_metadata', '-1', join(folder, path)])
}

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      plain: { type: 'string' },
      reel: { type: 'string' },
      at: { type: 'string', default: '2.2,6.35,8.4,0.2,13.4' },
      waiting: { type: 'string' },
      making: { type: 'string' },
    },
  })
  const folder = positionals[0]
  if (!folder)
    throw new Error(
      'usage: make-preview.ts FOLDER [--plain COPY | --reel FILE [--at SECONDS,...] | --waiting PLATE --making PLATE]',
    )
  if (values.plain) return copyPlain(folder, values.plain)
  const pack = Pack.parse(JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8')))
  const { reel, waiting, making } = values
  if (waiting ?? making) {
    await backdrop(pack, folder, waiting, pack.preview.waiting)
    return backdrop(pack, folder, making, pack.preview.making)
  }
  const pieces = reel
    ? values.at.split(',').map((moment) => momentOf(reel, moment))
    : pack.plates.slice(0, 5).map((plate, index) => movingPlate(join(folder, plate.file), index))
  await encode(pieces, join(folder, pack.preview.loop), join(folder, pack.preview.poster))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main()
