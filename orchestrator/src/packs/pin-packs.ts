/**
 * Which version of each world an event offers (P17). What is pinned stays pinned, so that an instance that starts with
 * another folder of packs changes nothing for a running event; a version is changed on purpose only.
 */
import type { PackOffer } from '@fanreel/protocol'

export type Pinning = {
  packs: PackOffer[]
  /** Worlds of which another version was published than the one that stays pinned. */
  kept: string[]
}

/** @param repin whether what was published just now replaces whatever was pinned */
export const pinPacks = (pinned: readonly PackOffer[], published: readonly PackOffer[], repin: boolean): Pinning => {
  if (repin || pinned.length === 0) return { packs: [...published], kept: [] }
  const known = new Map(pinned.map((offer) => [offer.packId, offer.packHash]))
  return {
    packs: [...pinned, ...published.filter(({ packId }) => !known.has(packId))],
    kept: published.flatMap(({ packId, packHash }) => (known.has(packId) && known.get(packId) !== packHash ? [packId] : [])),
  }
}
