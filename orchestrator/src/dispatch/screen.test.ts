import { describe, expect, it } from 'vitest'
import { madeVisit } from '../../../tests/support/made-visit.ts'
import type { Claim } from '../queue/render-queue.ts'
import type { Visit } from '../visits/visit.ts'
import { screenClaim } from './screen.ts'

const { visitId } = madeVisit()
const renderId = `${visitId}-r1`
const sha256 = 'd'.repeat(64)
const claim: Claim = {
  work: { eventId: 'e', visitId, renderId, packId: 'p', packHash: 'a'.repeat(64), clipSha256: sha256, clipBytes: 9 },
  tier: 'cpu',
  leaseToken: 'event.node-a.1',
  tries: 0,
  deferredFailure: undefined,
}
const wanted = (fields: Partial<Visit> = {}): Visit =>
  madeVisit({
    state: 'queued',
    clip: { key: 'k', sha256, bytes: 9, mime: 'video/mp4' },
    render: { renderId, number: 1, tier: 'cpu', queuedAt: 1, folders: [] },
    ...fields,
  })
const receipt = madeVisit().consent

describe('screening a claim', () => {
  it('Q6: work that is wanted is offered', () => {
    expect(screenClaim(claim, wanted())).toMatchObject({ act: 'offer' })
    expect(screenClaim(claim, wanted({ state: 'rendering' }))).toMatchObject({ act: 'offer' })
  })

  it.each<[string, Claim, Visit | undefined, object]>([
    ['a forgotten visit', claim, undefined, { act: 'drop', why: 'visit-gone' }],
    ['a deleted visit', claim, wanted({ state: 'deleted' }), { act: 'drop', why: 'visit-gone' }],
    ['a cancelled visit', claim, wanted({ state: 'cancelled' }), { act: 'drop', why: 'not-awaited' }],
    ['a failed visit', claim, wanted({ state: 'failed' }), { act: 'drop', why: 'not-awaited' }],
    ['a finished visit', claim, wanted({ state: 'ready' }), { act: 'drop', why: 'already-finished' }],
    [
      'an earlier render',
      claim,
      wanted({ render: { renderId: `${visitId}-r2`, number: 2, tier: 'cpu', queuedAt: 1, folders: [] } }),
      { act: 'drop', why: 'not-current' },
    ],
    [
      'a job past its stall limit, handed out as if healthy',
      { ...claim, deferredFailure: 'job stalled more than allowable limit' },
      wanted(),
      { act: 'fail', code: 'too-many-attempts' },
    ],
    ['a poison job', { ...claim, tries: 3 }, wanted(), { act: 'fail', code: 'too-many-attempts' }],
    [
      'another clip than was queued',
      { ...claim, work: { ...claim.work, clipSha256: 'e'.repeat(64) } },
      wanted(),
      { act: 'fail', code: 'upload-gone' },
    ],
    ['a cloud render without that consent', { ...claim, tier: 'cloud' }, wanted(), { act: 'cancel', note: 'consent-missing' }],
  ])('Q6: %s is not offered', (_, given, visit, expected) => {
    expect(screenClaim(given, visit)).toEqual(expected)
  })

  it('E1: consent to the cloud lets the cloud render', () => {
    const visit = wanted({ consent: { ...receipt, purposes: ['make-film', 'cloud'] } })
    expect(screenClaim({ ...claim, tier: 'cloud' }, visit)).toMatchObject({ act: 'offer' })
  })
})
