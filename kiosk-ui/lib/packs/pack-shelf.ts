/** The worlds on offer: manifests by hash, checked, and their previews, kept on the kiosk so that a dead network shows them too. */
import { Pack, PackManifest, type PackText, SignedManifest } from '@fanreel/content-packs/schema'
import type { Language, PackOffer } from '@fanreel/protocol'
import { sha256Hex } from '../uploader/index.ts'

export type World = {
  offer: PackOffer
  pack: Pack
  /** Addresses of the moving preview and its first frame: blobs of this page. Absent where they could not be had. */
  loop: string | undefined
  poster: string | undefined
  /** The world with nobody in it, which stands behind words. */
  stage: string | undefined
}

/** A pack's words in a language; English stands in for one that is missing. */
export const textIn = (text: PackText, language: Language): string => text[language] ?? text.en

/** What is named by its hash never changes: the first answer is kept for good. */
const fetchForGood = async (address: string): Promise<Blob> => {
  const cache = 'caches' in globalThis ? await caches.open('fanreel-packs') : undefined
  const kept = await cache?.match(address)
  if (kept) return kept.blob()
  const answer = await fetch(address, { credentials: 'omit' })
  if (!answer.ok) throw new Error(`pack file answered ${answer.status}`)
  await cache?.put(address, answer.clone())
  return answer.blob()
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))

/** Whether the event signed a manifest: Ed25519 over its SHA-256. */
const isSigned = async ({ manifestJson, signature }: SignedManifest, packKey: string): Promise<boolean> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(manifestJson))
  const key = await crypto.subtle.importKey('spki', bytesOf(packKey), 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, bytesOf(signature), digest)
}

const readManifest = async (orchestrator: string, packHash: string, packKey: string): Promise<PackManifest> => {
  const text = await (await fetchForGood(`${orchestrator}/api/packs/${packHash}`)).text()
  const signed = SignedManifest.parse(JSON.parse(text))
  const { manifestJson } = signed
  if ((await sha256Hex(new TextEncoder().encode(manifestJson))) !== packHash)
    throw new Error('pack manifest does not fit its hash')
  if (!(await isSigned(signed, packKey))) throw new Error('pack manifest is not signed by the event')
  const manifest = PackManifest.parse(JSON.parse(manifestJson))
  return { ...manifest, pack: Pack.parse(manifest.pack) }
}

/** Fetches a world, or takes it from the shelf. @throws Error when it cannot be fetched or does not fit its hash */
export const openWorld = async (orchestrator: string, offer: PackOffer, packKey: string): Promise<World> => {
  const { pack, files } = await readManifest(orchestrator, offer.packHash, packKey)
  const addressOf = async (path: string): Promise<string | undefined> => {
    const file = files.find((entry) => entry.path === path)
    if (!file) return undefined
    // A world can be chosen without its moving picture; the shelf tries again at the next welcome.
    const blob = await fetchForGood(`${orchestrator}/media/packs/${file.sha256}`).catch(() => undefined)
    return blob && URL.createObjectURL(blob)
  }
  const { preview } = pack
  const [loop, poster, stage] = await Promise.all([
    addressOf(preview.loop),
    addressOf(preview.poster),
    preview.waiting === undefined ? undefined : addressOf(preview.waiting),
  ])
  return { offer, pack, loop, poster, stage }
}
