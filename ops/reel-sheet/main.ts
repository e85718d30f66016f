/**
 * `npm run reel:sheet -- REEL OUT.png`: a reel's key frames as one picture, for people to judge a film at a glance. With its
 * shot list beside it (`REEL` with `.shots.json`, as `gpu-node render` leaves it) a row is a shot: its beginning, middle
 * and end. Without, the film is looked at every half second.
 *
 * The README's picture: `npm run reel:sheet -- reel.mp4 ops/demo/reel-frames.jpg --at 1.6,3.2,5.5,8.4,9.9,14.2 --width 260`
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ShotList } from '@fanreel/protocol'
import { type Sheet, sheetAt, sheetOfLength, sheetOfShots } from './sheet.ts'

const HELP = `npm run reel:sheet -- REEL OUT [options]

  REEL            a finished film
  OUT             the picture to write: .png or .jpg
  --at SECONDS    moments of one's own, with commas between, in one row
  --width PIXELS  width of each frame (270)
  --help          this text
`
/** Seconds between two looks at a film whose shots are not known. */
const EVERY_SECONDS = 0.5

const asked = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { at: { type: 'string' }, width: { type: 'string', default: '270' }, help: { type: 'boolean', default: false } },
  })
  const folder = process.env.INIT_CWD ?? process.cwd()
  const [reel, out] = positionals.map((path) => resolve(folder, path))
  const width = Number(values.width)
  const moments = values.at?.split(',').map(Number)
  const sensible = Number.isInteger(width) && width >= 16 && width <= 2_000 && (moments ?? []).every((moment) => moment >= 0)
  return { reel, out, width, moments, wrong: values.help || !reel || !out || !sensible, help: values.help }
}

const lengthOf = (reel: string): number =>
  Number(
    execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', reel], { encoding: 'utf8' }),
  )

const sheetFor = (reel: string, moments: readonly number[] | undefined): Sheet => {
  if (moments) return sheetAt(moments)
  const list = reel.replace(/\.[^.]+$/, '.shots.json')
  if (existsSync(list)) return sheetOfShots(ShotList.parse(JSON.parse(readFileSync(list, 'utf8'))))
  return sheetOfLength(lengthOf(reel), EVERY_SECONDS)
}

const main = (): number => {
  const { reel, out, width, moments, wrong, help } = asked()
  if (wrong || !reel || !out) {
    process[help ? 'stdout' : 'stderr'].write(HELP)
    return help ? 0 : 2
  }
  if (!existsSync(reel)) {
    process.stderr.write(`There is no film ${reel}\n`)
    return 2
  }
  const { seconds, columns } = sheetFor(reel, moments)
  // The picture that stands at each moment: the first whose time reaches it.
  const chosen = seconds.map((at) => `(gte(t,${at.toFixed(4)})*lt(prev_t,${at.toFixed(4)}))`).join('+')
  const rows = Math.ceil(seconds.length / columns)
  const filter = `select='${chosen}+isnan(prev_t)*lt(${seconds[0]?.toFixed(4)},0.001)',scale=${width}:-2,tile=${columns}x${rows}:padding=6:margin=6:color=white`
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', reel, '-vf', filter, '-frames:v', '1', '-q:v', '3', out], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return 0
}

process.exit(main())
