/**
 * The page's style sheet, module and letters, bundled once at start: nothing comes from elsewhere (P5). Their names carry their hash: a phone keeps them,
 * and a newer page never meets an older module.
 */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Language } from '@fanreel/protocol'
import { build } from 'esbuild'

/** `packed` is the same in gzip, where that is shorter. */
export type PickupAsset = { bytes: Buffer; packed?: Buffer; mime: string }
export type PickupAssets = {
  /** Addresses of the style sheet and of the module. */
  style: string
  script: string
  /** The service worker: it has one address for ever, whatever it holds. */
  worker: PickupAsset
  /** Addresses of the letters that a headline in this language is set in, where they are small enough to come with the picture. */
  fontsOf(language: Language): readonly string[]
  /** Every asset by its name under `/v/assets/`. */
  files: ReadonlyMap<string, PickupAsset>
}

const MIMES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  woff2: 'font/woff2',
}
const PATH = '/v/assets/'
/** Arabic letters are larger than any picture here; East Asian ones every phone has. */
const OTHER_SCRIPTS: ReadonlySet<Language> = new Set(['ar', 'ja', 'ko', 'zh'])

/** @throws Error where a source does not compile */
export const buildPickupAssets = async (): Promise<PickupAssets> => {
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
  const workerName = named('worker-', '.js').slice(PATH.length)
  const worker = files.get(workerName)
  if (!worker) throw new Error('the pickup page has no worker')
  files.delete(workerName)
  const headline = [named('barlow-condensed-latin-800', '.woff2')]
  return {
    style: named('page-', '.css'),
    script: named('pickup-', '.js'),
    worker,
    fontsOf: (language) => (OTHER_SCRIPTS.has(language) ? [] : headline),
    files,
  }
}
