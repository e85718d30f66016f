/**
 * Finds out what a pickup page must say: from a token to the visit, its view, its world and its language. The one answer
 * to every well-formed token that is not known is the same (rule P1); asking never changes anything (rule P8).
 */
import type { Language, PickupToken, VisitView } from '@fanreel/protocol'
import type { Sealer } from '../access/contract.ts'
import { AppError } from '../errors.ts'
import { type Packs, packKey, packText } from '../packs/packs.ts'
import { permitsPickup } from '../privacy/consent.ts'
import { pickupHashOf } from '../visits/pickup-hash.ts'
import type { Visit } from '../visits/visit.ts'
import type { Visits } from '../visits/visits.ts'
import { kindOfState } from './pickup-kind.ts'
import type { PickupFacts } from './stage.ts'

export type World = { title?: string; backdrop?: string }

/** Who is at the desk: a token, and the language to speak where the visit does not say. */
export type Asked = { token: PickupToken; language: Language }
export type Found = { facts: PickupFacts; world: World; visit?: Visit }

export type PickupDesk = {
  /** Never throws for Redis being away: that is a page of its own (P11). */
  find(asked: Asked): Promise<Found>
  /** The facts of a visit that is known, by its newest view. */
  factsOf(visit: Visit, view: VisitView, token: PickupToken): Promise<Found>
}

export const pickupPath = (token: PickupToken): string => `/v/${token}`

export const createPickupDesk = (options: {
  visits: Pick<Visits, 'byPickup' | 'viewOf'>
  packs: Packs
  /** The world to show where the visit's own is not known: the first on offer. */
  anyWorld: () => Promise<string | undefined>
  sealer: Pick<Sealer, 'open'>
}): PickupDesk => {
  const { visits, packs, anyWorld, sealer } = options

  const worldOf = async (packHash: string | undefined, language: Language): Promise<World> => {
    const manifest = packHash === undefined ? undefined : await packs.manifest(packHash)
    if (!manifest) return {}
    const poster = packs.fileHash(manifest, manifest.pack.preview.poster)
    return {
      title: packText(manifest.pack.title, language),
      ...(poster !== undefined && { backdrop: `/media/${packKey(poster)}` }),
    }
  }

  const factsOf = async (visit: Visit, view: VisitView, token: PickupToken): Promise<Found> => {
    const { language, reel, sealedName } = visit
    // A film that nobody agreed to is shown to nobody; it can still be deleted (E1).
    const kind = view.state === 'ready' && !permitsPickup(visit) ? 'held' : kindOfState(view.state)
    const world = await worldOf(visit.packHash, language)
    const isReady = kind === 'ready' && reel !== undefined
    const facts: PickupFacts = {
      kind,
      language,
      path: pickupPath(token),
      view,
      ...(isReady && {
        reel: { sha256: reel.sha256, bytes: reel.bytes, width: reel.report.width, height: reel.report.height },
      }),
      ...(isReady && sealedName !== undefined && { firstName: sealer.open(sealedName, `${visit.visitId}:name`) }),
      ...(world.backdrop !== undefined && { backdrop: isReady ? `${pickupPath(token)}/poster` : world.backdrop }),
    }
    return { facts, world, visit }
  }

  const nobody = (asked: Asked, kind: 'not-here-yet' | 'unavailable', world: World): Found => ({
    facts: {
      kind,
      language: asked.language,
      path: pickupPath(asked.token),
      ...(world.backdrop !== undefined && { backdrop: world.backdrop }),
    },
    world: kind === 'unavailable' ? {} : world,
  })

  return {
    factsOf,
    async find(asked) {
      try {
        const visit = await visits.byPickup(pickupHashOf(asked.token))
        if (visit) return await factsOf(visit, await visits.viewOf(visit), asked.token)
        const { backdrop } = await worldOf(await anyWorld(), asked.language)
        return nobody(asked, 'not-here-yet', backdrop === undefined ? {} : { backdrop })
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'internal') throw error
        return nobody(asked, 'unavailable', {})
      }
    },
  }
}
