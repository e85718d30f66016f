/**
 * Finds out what a pickup page must say: from a token to the visit, its view, its world and its language. The one answer
 * to every well-formed token that is not known is the same (rule P1); asking never changes anything (rule P8).
 */
import type { PackManifest } from '@fanreel/content-packs/schema'
import type { Language, PickupToken, VisitView } from '@fanreel/protocol'
import type { Sealer } from '../access/contract.ts'
import { AppError } from '../errors.ts'
import { type Packs, packKey, packText } from '../packs/packs.ts'
import { permitsPickup } from '../privacy/consent.ts'
import { pickupHashOf } from '../visits/pickup-hash.ts'
import type { Visit } from '../visits/visit.ts'
import type { Visits } from '../visits/visits.ts'
import { filmName } from './film-name.ts'
import type { Speak } from './language-choice.ts'
import { kindOfState, type PickupKind } from './pickup-kind.ts'
import type { PickupFacts } from './stage.ts'

/** What a page shows of a world: its name, an address for robots that draw previews, and a picture with nobody in it. */
export type World = { title?: string; poster?: string; backdrop?: string }

/** Who is at the desk: a token, which language to speak, and whether they look from inside another app. */
export type Asked = {
  token: PickupToken
  speak: Speak
  /** `?lang=de` where a language was chosen, else empty. */
  query: string
  inApp?: PickupFacts['inApp']
}
export type Found = { facts: PickupFacts; world: World; visit?: Visit }

export type PickupDesk = {
  /** Never throws for Redis being away: that is a page of its own (P11). */
  find(asked: Asked): Promise<Found>
  /** The facts of a visit that is known, by its newest view. */
  factsOf(visit: Visit, view: VisitView, asked: Asked): Promise<Found>
  /** What the film is called where it is saved. */
  nameOf(visit: Visit): Promise<string>
  /** Whether the visit's world has this sound. */
  hasSound(visit: Visit, name: string): Promise<boolean>
  /** A picture of the event for a page that belongs to no visit. Never throws for Redis being away. */
  anyBackdrop(): Promise<string | undefined>
}

export const pickupPath = (token: PickupToken): string => `/v/${token}`

/** What stands behind a page of this kind: the empty stage while the film is made, the way to it otherwise. */
const backdropOf = ({ preview, plates }: PackManifest['pack'], kind: PickupKind): string | undefined =>
  (kind === 'rendering' || kind === 'held' ? preview.making : preview.waiting) ?? plates[0]?.file

export const createPickupDesk = (options: {
  visits: Pick<Visits, 'byPickup' | 'viewOf'>
  packs: Packs
  /** The world to show where the visit's own is not known: the first on offer. */
  anyWorld: () => Promise<string | undefined>
  sealer: Pick<Sealer, 'open'>
  /** The key by which phones let themselves be told; absent where nobody is told. */
  pushKey?: string
}): PickupDesk => {
  const { visits, packs, anyWorld, sealer, pushKey } = options

  const worldOf = async (packHash: string | undefined, language: Language, kind: PickupKind): Promise<World> => {
    const manifest = packHash === undefined ? undefined : await packs.manifest(packHash)
    if (!manifest) return {}
    const addressOf = (path: string | undefined) => {
      const sha256 = path === undefined ? undefined : packs.fileHash(manifest, path)
      return sha256 === undefined ? undefined : `/media/${packKey(sha256)}`
    }
    const poster = addressOf(manifest.pack.preview.poster)
    const backdrop = addressOf(backdropOf(manifest.pack, kind)) ?? poster
    return {
      title: packText(manifest.pack.title, language),
      ...(poster !== undefined && { poster }),
      ...(backdrop !== undefined && { backdrop }),
    }
  }
  const firstNameOf = ({ sealedName, visitId }: Visit): string | undefined =>
    sealedName === undefined ? undefined : sealer.open(sealedName, `${visitId}:name`)

  const factsOf = async (visit: Visit, view: VisitView, { token, speak, query, inApp }: Asked): Promise<Found> => {
    const { reel } = visit
    const language = speak(visit.language)
    // A film that nobody agreed to is shown to nobody; it can still be deleted (E1).
    const kind = view.state === 'ready' && !permitsPickup(visit) ? 'held' : kindOfState(view.state)
    const world = await worldOf(visit.packHash, language, kind)
    const isReady = kind === 'ready' && reel !== undefined
    const firstName = isReady ? firstNameOf(visit) : undefined
    const path = pickupPath(token)
    const facts: PickupFacts = {
      kind,
      language,
      path,
      query,
      view,
      ...(isReady && {
        reel: {
          sha256: reel.sha256,
          bytes: reel.bytes,
          width: reel.report.width,
          height: reel.report.height,
          name: await nameOf(visit),
        },
      }),
      ...(firstName !== undefined && { firstName }),
      ...(visit.erased && { erased: visit.erased }),
      ...(pushKey !== undefined && { pushKey }),
      ...(inApp && { inApp }),
      // Before a finished film stands nothing but its own cover.
      ...(world.backdrop !== undefined && !isReady && { backdrop: world.backdrop }),
    }
    return { facts, world, visit }
  }

  const nameOf = async (visit: Visit): Promise<string> => {
    const { film } = (await packs.manifest(visit.packHash))?.pack ?? {}
    const name = firstNameOf(visit)
    const titled = name === undefined ? film?.title : film?.titleWithName
    const text = titled && packText(titled, visit.language)
    return filmName(text?.replace('{name}', name ?? '') ?? visit.packId)
  }

  /** The last picture that was found: it stands there while Redis is away. */
  let known: string | undefined
  const anyBackdrop = async () => {
    try {
      known = (await worldOf(await anyWorld(), 'en', 'not-here-yet')).backdrop ?? known
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal') throw error
    }
    return known
  }
  const nobody = async ({ token, speak, query }: Asked, kind: 'not-here-yet' | 'unavailable'): Promise<Found> => {
    const backdrop = kind === 'unavailable' ? known : await anyBackdrop()
    const facts = { kind, language: speak(), path: pickupPath(token), query, ...(backdrop !== undefined && { backdrop }) }
    return { facts, world: backdrop === undefined ? {} : { backdrop } }
  }

  return {
    factsOf,
    nameOf,
    hasSound: async (visit, name) => (await packs.manifest(visit.packHash))?.pack.sounds[name] !== undefined,
    anyBackdrop,
    async find(asked) {
      try {
        const visit = await visits.byPickup(pickupHashOf(asked.token))
        if (visit) return await factsOf(visit, await visits.viewOf(visit), asked)
        return await nobody(asked, 'not-here-yet')
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'internal') throw error
        return await nobody(asked, 'unavailable')
      }
    },
  }
}
