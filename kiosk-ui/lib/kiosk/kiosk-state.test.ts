/** Who is taken in, and what is said to whoever is not. */
import { describe, expect, it } from 'vitest'
import type { World } from '../packs/pack-shelf.ts'
import { admissionOf, type KioskFacts, type Terms, troubleOf } from './kiosk-state.ts'

const terms: Terms = {
  eventName: 'A test',
  pickupBase: 'https://film.example/v/',
  keepDays: 7,
  maxTakes: 3,
  purposes: ['make-film'],
  packs: [],
  packKey: 'A'.repeat(60),
  status: { eventId: 'test', open: true, waitMs: 200_000, nodes: 1, queued: 3 },
}
const well: KioskFacts = {
  connection: 'online',
  code: undefined,
  terms,
  worlds: [{} as World],
  outgoing: undefined,
  waiting: 0,
  room: { usedBytes: 1, grantedBytes: 1_000_000_000 },
  cameraFault: undefined,
  soundFault: undefined,
  closedHere: false,
}
const admitted = (change: Partial<KioskFacts>) => admissionOf({ ...well, ...change })
const closedBy = (reason: string) => ({ open: false, reason })

describe('a visitor', () => {
  it('is taken in with the true wait, and without a network by what was last known', () => {
    expect(admitted({})).toEqual({ open: true, waitMs: 200_000 })
    expect(admitted({ soundFault: 'missing' })).toEqual({ open: true, waitMs: 200_000 })
    expect(admitted({ connection: 'offline', waiting: 40 })).toEqual({ open: true, waitMs: 200_000 })
  })

  it.each<[string, Partial<KioskFacts>, string]>([
    ['a camera without a picture', { cameraFault: 'busy' }, 'out-of-order'],
    ['a disk that is nearly full', { room: { usedBytes: 950_000_000, grantedBytes: 1_000_000_000 } }, 'out-of-order'],
    ['whoever stands at the kiosk', { closedHere: true }, 'out-of-order'],
    ['a token that is no longer known', { connection: 'refused' }, 'out-of-order-untold'],
    ['an operator, for a while', { terms: { ...terms, closed: 'paused' } }, 'paused'],
    ['an operator, as broken', { terms: { ...terms, closed: 'out-of-order' } }, 'out-of-order'],
    ['the event', { terms: { ...terms, status: { ...terms.status, open: false, reason: 'overloaded' } } }, 'overloaded'],
    ['a kiosk that knows nothing yet', { terms: undefined, worlds: [] }, 'connecting'],
  ])('is turned away by %s', (_, change, reason) => expect(admitted(change)).toEqual(closedBy(reason)))

  it('is told that the team knows only where it does', () => {
    for (const connection of ['offline', 'connecting'] as const) {
      expect(admitted({ connection, cameraFault: 'busy' })).toEqual(closedBy('out-of-order-untold'))
      // Closed by a hand of the team's, here or from afar: they need no word of it.
      expect(admitted({ connection, closedHere: true })).toEqual(closedBy('out-of-order'))
      expect(admitted({ connection, cameraFault: 'busy', terms: { ...terms, closed: 'out-of-order' } })).toEqual(
        closedBy('out-of-order'),
      )
      expect(admitted({ connection, cameraFault: 'busy', terms: { ...terms, closed: 'paused' } })).toEqual(
        closedBy('out-of-order-untold'),
      )
    }
  })

  it('hears of a broken kiosk before all that may pass', () => {
    expect(admitted({ cameraFault: 'denied', terms: { ...terms, closed: 'paused' } })).toEqual(closedBy('out-of-order'))
  })
})

it('trouble is named for operators, a hand on the spot before all else', () => {
  const full = { usedBytes: 1_000, grantedBytes: 1_000 }
  expect(troubleOf(well)).toBeUndefined()
  expect(troubleOf({ ...well, soundFault: 'lost' })).toBe('microphone')
  expect(troubleOf({ ...well, soundFault: 'lost', room: full })).toBe('disk')
  expect(troubleOf({ ...well, room: full, cameraFault: 'missing' })).toBe('camera')
  expect(troubleOf({ ...well, closedHere: true, cameraFault: 'missing' })).toBe('shut')
  expect(troubleOf({ ...well, room: undefined })).toBeUndefined()
})
