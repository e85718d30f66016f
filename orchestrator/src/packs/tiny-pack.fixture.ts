/** The smallest world that the schema takes, for tests: one picture, one sound, five shots. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const text = (en: string) => ({ en, it: `${en} (it)`, ar: `${en} (ar)`, ja: `${en} (ja)` })
const views = ['one', 'two', 'three', 'four', 'five']
/** Framing, treatment and camera of each shot; no two shots share the last two. */
const shots = [
  ['close', 'close-up', 'push-in'],
  ['medium', 'boards', 'pan-left'],
  ['wide', 'ice', 'pull-out'],
  ['close', 'echo', 'orbit'],
  ['wide', 'silhouette', 'crane-up'],
] as const

/** The head of a JPEG, and then something: enough for all that looks at signatures. */
export const TINY_PICTURE = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(600, 7)])
export const TINY_BACKDROP = Buffer.concat([TINY_PICTURE, Buffer.of(1)])
export const TINY_SOUND = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(300, 1)])

export const tinyPack = (packId: string) => ({
  schema: 1,
  packId,
  version: '1.0.0',
  title: text('Tiny World'),
  tagline: text('Small'),
  prompt: text('Say hello'),
  film: {
    title: text('Tiny'),
    titleWithName: text('{name}'),
    lowerThird: text('Star'),
    lowerThirdWithName: text('{name}'),
    score: text('10'),
    ticker: text('News'),
    aiMark: text('AI'),
  },
  music: {
    stems: { drums: 'music.ogg', bass: 'music.ogg', harmony: 'music.ogg', melody: 'music.ogg' },
    bpm: 120,
    firstBeatMs: 0,
    durationMs: 15_000,
  },
  sounds: {},
  plates: [
    {
      id: 'plate',
      file: 'plate.jpg',
      width: 1080,
      height: 1920,
      horizon: 0.5,
      light: { side: 0, key: [1, 1, 1], ambient: [0.2, 0.2, 0.2], rim: [1, 1, 1] },
    },
  ],
  views: views.map((id) => ({ id, plate: 'plate', crop: { x: 0, y: 0, width: 1, height: 1 }, blurPx: 0 })),
  story: shots.map(([framing, treatment, camera], index) => ({
    id: `shot-${index + 1}`,
    framing,
    treatment,
    view: views[index],
    camera,
    beats: 4,
    need: 'any',
    transition: 'cut',
  })),
  palette: { ink: '#000000', paper: '#ffffff', accent: '#00aaff', accent2: '#ffaa00' },
  atmosphere: { kind: 'none', amount: 0 },
  preview: { loop: 'loop.mp4', poster: 'plate.jpg', waiting: 'waiting.jpg' },
})

/** Writes the pack into `folder`/`packId` and answers that folder. */
export const writeTinyPack = async (
  folder: string,
  packId = 'tiny',
  change: (pack: ReturnType<typeof tinyPack>) => void = () => undefined,
) => {
  const home = join(folder, packId)
  await mkdir(home, { recursive: true })
  const pack = tinyPack(packId)
  change(pack)
  await writeFile(join(home, 'pack.json'), JSON.stringify(pack))
  await writeFile(join(home, 'plate.jpg'), TINY_PICTURE)
  await writeFile(join(home, 'waiting.jpg'), TINY_BACKDROP)
  await writeFile(join(home, 'music.ogg'), TINY_SOUND)
  await writeFile(join(home, 'loop.mp4'), Buffer.concat([Buffer.from('00000018667479706d703432', 'hex'), Buffer.alloc(90, 2)]))
  return home
}
