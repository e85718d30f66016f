/** One visitor of a load run: what a virtual kiosk says of them, by the kiosk's own uploader. */
import { createHash } from 'node:crypto'
import type { newVisitKeys, Uploader } from '@fanreel/kiosk-ui/uploader'
import type { VisitView } from '@fanreel/protocol'
import { FLEET_PACK } from '../support/fleet-pack.ts'

/** Announces the visit, whose consent names a cloud or not. Resolves when the orchestrator knows it. */
export const beginVisit = (
  kiosk: Uploader,
  kioskId: string,
  keys: ReturnType<typeof newVisitKeys>,
  cloud = false,
): Promise<VisitView> =>
  kiosk.start({
    ...keys,
    packId: FLEET_PACK,
    language: 'en',
    consent: {
      textSha256: createHash('sha256').update('the words of a load').digest('hex'),
      language: 'en',
      agreedAt: Date.now(),
      kioskId,
      purposes: cloud ? ['make-film', 'cloud'] : ['make-film'],
      ofAgeOrGuardian: true,
    },
  })

/** Sends its clip. Resolves when it is committed. */
export const sendClip = (kiosk: Uploader, visitId: string, clip: Uint8Array): Promise<VisitView> =>
  kiosk.send({ visitId, source: clip, mime: 'video/mp4' })
