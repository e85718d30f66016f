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

const readManifest = async (orchestrator: string, packHash: string): Promise<PackManifest> => {
  const text = await (await fetchForGood(`${orchestrator}/api/packs/${packHash}`)).text()
  const { manifestJson } = SignedManifest.parse(JSON.parse(text))
  // The hash came with the welcome of a paired orchestrator: what fits it is what the event pinned.
  if ((await sha256Hex(new TextEncoder().encode(manifestJson))) !== packHash)
    throw new Error('pack manifest does not fit its hash')
  const manifest = PackManifest.parse(JSON.parse(manifestJson))
  return { ...manifest, pack: Pack.parse(manifest.pack) }
}

/** Fetches a world, or takes it from the shelf. @throws Error when it cannot be fetched or does not fit its hash */
export const openWorld = async (orchestrator: string, offer: PackOffer): Promise<World> => {
  const { pack, files } = await readManifest(orchestrator, offer.packHash)
  const addressOf = async (path: string): Promise<string | undefined> => {
    const file = files.find((entry) => entry.path === path)
    if (!file) return undefined
    // A world can be chosen without its moving picture; the shelf tries again at the next welcome.
    const blob = await fetchForGood(`${orchestrator}/media/packs/${file.sha256}`).catch(() => undefined)
    return blob && URL.createObjectURL(blob)
  }
  const [loop, poster] = await Promise.all([addressOf(pack.preview.loop), addressOf(pack.preview.poster)])
  return { offer, pack, loop, poster }
}
