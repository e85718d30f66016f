/**
 * Makes the README's picture: one frame of each of six shots, side by side.
 *
 *   npm run -s demo -- --once --json --name Vita --out reel.mp4 && node ops/demo/make-frames.mjs reel.mp4
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Seconds into the film of the sample visitor. */
const MOMENTS = [0.9, 3.2, 5.9, 8.1, 9.8, 13.9]
const FPS = 24
const WIDTH = 260

const [reel] = process.argv.slice(2)
if (!reel) throw new Error('usage: node ops/demo/make-frames.mjs REEL')
const chosen = MOMENTS.map((seconds) => `eq(n,${Math.round(seconds * FPS)})`).join('+')
const filter = `select='${chosen}',scale=${WIDTH}:-2,tile=${MOMENTS.length}x1:padding=6:color=white`
const picture = fileURLToPath(new URL('reel-frames.jpg', import.meta.url))
execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', reel, '-vf', filter, '-frames:v', '1', '-q:v', '3', picture])
