/**
 * The page's style sheet, module and letters, bundled once at start: nothing comes from elsewhere (P5). The style sheet
 * stands in the page itself, since a phone on a crowded line would wait a whole round trip for it with nothing to show.
 * The others' names carry their hash: a phone keeps them, and a newer page never meets an older module.
 */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Language, OWN_COLOURS } from '@fanreel/protocol'
import { build } from 'esbuild'
import type { EventBrand } from '../event/read-brand.ts'
import { brandStyle, paletteOf } from './brand-style.ts'

/** `packed` is the same in gzip, where that is shorter. */
export type PickupAsset = { bytes: Buffer; packed?: Buffer; mime: string }
export type PickupAssets = {
  /** The style sheet that stands in the page, and its hash in base64, by which the page's policy lets it in. */
  style: { text: string; sha256: string }
  /** Address of the event's logo, and what it says; absent where the event's name stands for it. */
  logo?: { address: string; says: string }
  /** What a browser colours round the page, by light. */
  around: { night: string; day: string }
  /** Address of the module. */
  script: string
  /** The service worker: it has one address for ever, whatever it holds. */
  worker: PickupAsset
  /** Addresses of the letters that a headline in this language is set in, where they are small enough to come with the picture. */
  fontsOf(language: Language): readonly string[]
  /** Every asset by its name under `/v/assets/`. */
  files: ReadonlyMap<string, PickupAsset>
}

const MIMES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  woff2: 'font/woff2',
}
const PATH = '/v/assets/'
/** Arabic letters are larger than any picture here; East Asian ones every phone has. */
const OTHER_SCRIPTS: ReadonlySet<Language> = new Set(['ar', 'ja', 'ko', 'zh'])

const isOwn = ({ colours }: EventBrand['brand']): boolean =>
  Object.entries(OWN_COLOURS).every(([name, own]) => colours[name as keyof typeof OWN_COLOURS] === own)

/** What is round the page where no brand is set: its own grounds. */
const OWN_AROUND = { night: '#04060e', day: '#eef3fb' }

/** @param event its own look, where it has one (P19). @throws Error where a source does not compile */
export const buildPickupAssets = async (event?: EventBrand): Promise<PickupAssets> => {
  const source = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const { outputFiles } = await build({
    entryPoints: { pickup: source('./client/main.ts'), worker: source('./worker/worker.ts'), page: source('./style/page.css') },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['es2020', 'safari14.1', 'chrome90', 'firefox90'],
    outdir: '/',
    publicPath: PATH,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.woff2': 'file' },
    logLevel: 'silent',
  })
  const files = new Map<string, PickupAsset>()
  for (const { path, contents } of outputFiles) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const bytes = Buffer.from(contents)
    const packed = gzipSync(bytes, { level: 9 })
    files.set(name, {
      bytes,
      // Letters are packed already.
      ...(packed.length < bytes.length * 0.9 && { packed }),
      mime: MIMES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    })
  }
  const named = (start: string, end: string): string => {
    const name = [...files.keys()].find((key) => key.startsWith(start) && key.endsWith(end))
    if (name === undefined) throw new Error(`the pickup page has no ${start}${end}`)
    return PATH + name
  }
  /** One that is not served by its name. */
  const taken = (start: string, end: string): PickupAsset => {
    const name = named(start, end).slice(PATH.length)
    const asset = files.get(name)
    if (!asset) throw new Error(`the pickup page has no ${name}`)
    files.delete(name)
    return asset
  }
  const worker = taken('worker-', '.js')
  // A brand without colours leaves ours as they are.
  const colours = event && !isOwn(event.brand) ? event.brand.colours : undefined
  const style = Buffer.concat([taken('page-', '.css').bytes, Buffer.from(colours ? brandStyle(colours) : '')])
  const logoOf = ({ bytes, mime, ending }: NonNullable<EventBrand['logo']>): string => {
    const name = `logo-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}${ending}`
    files.set(name, { bytes, mime })
    return PATH + name
  }
  const headline = [named('barlow-condensed-latin-800', '.woff2')]
  return {
    style: { text: style.toString(), sha256: createHash('sha256').update(style).digest('base64') },
    script: named('pickup-', '.js'),
    worker,
    ...(event?.logo && { logo: { address: logoOf(event.logo), says: event.brand.name } }),
    around: colours ? { night: paletteOf(colours, 'night').ground, day: paletteOf(colours, 'day').ground } : OWN_AROUND,
    fontsOf: (language) => (OTHER_SCRIPTS.has(language) ? [] : headline),
    files,
  }
}
