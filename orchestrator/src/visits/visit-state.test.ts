import type { VisitState } from '@fanreel/protocol'
import { VISIT_STATES } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { madeVisit } from '../../../tests/support/made-visit.ts'
import { TOMBSTONE_MS } from './tombstone.ts'
import type { Visit } from './visit.ts'
import { isRefusal, transition, type VisitEvent } from './visit-state.ts'

const NOW = 2_000_000
const renderId = `${madeVisit().visitId}-r1`
const again = { renderId: `${madeVisit().visitId}-r2`, number: 2, tier: 'cpu' as const }
const reel = {
  key: 'k',
  sha256: 'a'.repeat(64),
  bytes: 1,
  poster: { key: 'p', sha256: 'b'.repeat(64), bytes: 1 },
  shotList: { key: 's', sha256: 'c'.repeat(64), bytes: 1 },
} as NonNullable<Visit['reel']>
const clip = { key: 'c', sha256: 'd'.repeat(64), bytes: 1, mime: 'video/mp4' }

/** The table of the product's description, written down a second time: what each state may become, and by what. */
const TABLE: Record<VisitState, Partial<Record<VisitEvent['type'], VisitState>>> = {
  started: { record: 'recorded', cancel: 'cancelled' },
  recorded: { 'upload-begin': 'uploading', cancel: 'cancelled' },
  uploading: { 'clip-stored': 'queued', 'upload-restart': 'recorded', fail: 'failed', cancel: 'cancelled' },
  queued: { lease: 'rendering', cancel: 'cancelled' },
  rendering: { 'give-back': 'queued', hold: 'held', result: 'ready', fail: 'failed', cancel: 'cancelled' },
  held: { approve: 'ready', reject: 'rejected' },
  ready: { hold: 'held', expire: 'expired' },
  failed: { retake: 'recorded', retry: 'queued' },
  cancelled: {},
  rejected: {},
  expired: {},
  deleted: {},
}
for (const state of VISIT_STATES) if (state !== 'deleted') TABLE[state].delete = 'deleted'

const EVENTS: VisitEvent[] = [
  { type: 'record' },
  { type: 'upload-begin' },
  { type: 'upload-restart' },
  { type: 'clip-stored', clip, render: { renderId, number: 1, tier: 'cpu' } },
  { type: 'lease', renderId, nodeId: 'node-a', folder: 'f', deadlineAt: NOW + 1 },
  { type: 'give-back', renderId, note: 'given-back' },
  { type: 'result', renderId, reel, expiresAt: NOW + 5 },
  { type: 'fail', code: 'engine-failed' },
  { type: 'hold', result: { renderId, reel, expiresAt: NOW + 5 } },
  { type: 'approve' },
  { type: 'reject' },
  { type: 'retake' },
  { type: 'retry', render: again },
  { type: 'cancel' },
  { type: 'expire' },
  { type: 'delete' },
]

const full = (state: VisitState): Visit =>
  madeVisit({
    state,
    clip,
    reel,
    render: { renderId, number: 1, tier: 'cpu', queuedAt: 1, folders: [] },
    sealedToken: 'sealed',
    sealedName: 'sealed',
  })

describe('V1: the transition table', () => {
  for (const state of VISIT_STATES) {
    for (const event of EVENTS) {
      const to = TABLE[state][event.type]
      it(`V1: ${state} + ${event.type} -> ${to ?? 'refused'}`, () => {
        const before = full(state)
        const after = transition(before, event, NOW)
        if (to === undefined) {
          expect(after).toMatchObject({ ok: false, code: 'visit-state' })
          return
        }
        expect(after).toMatchObject({ state: to, seq: before.seq + 1, changedAt: NOW })
        if (isRefusal(after)) return
        expect(after.history.at(-1)).toMatchObject({ at: NOW, state: to })
        expect(before.state).toBe(state)
      })
    }
  }

  it('V1: an event about another render than the current one is refused', () => {
    for (const event of EVENTS) {
      if (!('renderId' in event)) continue
      const state = event.type === 'lease' ? 'queued' : 'rendering'
      expect(transition(full(state), { ...event, renderId: again.renderId }, NOW)).toMatchObject({ code: 'visit-state' })
    }
  })

  it('V1: nothing is rendered again once the clip is gone', () => {
    const { clip: _, ...withoutClip } = full('failed')
    expect(transition(withoutClip, { type: 'retry', render: again }, NOW)).toMatchObject({ code: 'visit-state' })
  })

  it('V1: a retake lets go of the clip and of the reason, and counts renders on', () => {
    const after = transition({ ...full('failed'), code: 'clip-too-dark' }, { type: 'retake' }, NOW)
    expect(after).not.toHaveProperty('clip')
    expect(after).not.toHaveProperty('code')
    expect(after).toMatchObject({ render: { number: 1 } })
  })
})

describe('E3: the end of a visit', () => {
  const endings: [VisitState, VisitEvent][] = [
    ['queued', { type: 'cancel' }],
    ['held', { type: 'reject' }],
    ['ready', { type: 'expire' }],
    ['ready', { type: 'delete' }],
  ]
  it.each(endings)('E3: from %s keeps nothing that names, shows or opens anything of the visitor', (state, event) => {
    const after = transition(full(state), event, NOW)
    for (const gone of ['sealedToken', 'sealedName', 'clip', 'reel', 'render']) expect(after).not.toHaveProperty(gone)
    expect(after).toMatchObject({ pickupHash: full(state).pickupHash, expiresAt: NOW + TOMBSTONE_MS })
  })
  it('P7: what is left of a visit says what went with it, and keeps saying it', () => {
    const { clip: _, ...tidied } = full('ready')
    const gone = transition(tidied, { type: 'expire' }, NOW) as Visit
    expect(gone.erased).toEqual(['film', 'recording-before', 'frames', 'name'])
    expect((transition(gone, { type: 'delete' }, NOW) as Visit).erased).toEqual(gone.erased)
    const { reel: _reel, ...waiting } = full('queued')
    expect((transition(waiting, { type: 'delete' }, NOW) as Visit).erased).toEqual([
      'recording',
      'frames',
      'name',
      'work',
      'kiosk-copy',
    ])
  })
})
