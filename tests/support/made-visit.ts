/** A visit as the orchestrator keeps it, for tests that need one without a kiosk. */
import type { Visit } from '../../orchestrator/src/visits/visit.ts'
import { newVisitId } from './fake-kiosk.ts'

const FIXED_ID = '01a20000-0000-7000-8000-000000000001'

/** A visit that has just started; `fields` go on top. Without a `visitId` it is always the same one. */
export const madeVisit = (fields: Partial<Visit> = {}): Visit => ({
  eventId: 'test-event',
  visitId: FIXED_ID,
  seq: 1,
  state: 'started',
  kioskId: 'kiosk-1',
  language: 'en',
  packId: 'figure-skating',
  packHash: 'a'.repeat(64),
  pickupHash: 'b'.repeat(64),
  consent: {
    textSha256: 'c'.repeat(64),
    language: 'en',
    agreedAt: 1,
    kioskId: 'kiosk-1',
    purposes: ['make-film'],
    ofAgeOrGuardian: true,
  },
  createdAt: 1_000,
  changedAt: 1_000,
  expiresAt: 10_000,
  history: [{ at: 1_000, state: 'started' }],
  ...fields,
})

/** One of many: an id and a pickup hash of its own. */
export const freshVisit = (fields: Partial<Visit> = {}): Visit => {
  const visitId = newVisitId()
  return madeVisit({ visitId, pickupHash: visitId.replaceAll('-', '').padEnd(64, '0'), ...fields })
}
