/** What the pickup screen says at each moment of a film's way. */
import type { VisitView } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { progressOf, spokenWait } from './progress-of.ts'

const visitId = '0192f0c0-0000-7000-8000-000000000001'
const view = (change: Partial<VisitView>): VisitView => ({
  eventId: 'event',
  visitId,
  seq: 1,
  state: 'recorded',
  packId: 'figure-skating',
  language: 'en',
  kioskId: 'kiosk-1',
  changedAt: 1,
  ...change,
})
const online = { connection: 'online', code: undefined, outgoing: undefined, view: undefined } as const

describe('progress', () => {
  it('says that the clip is safe while nobody answers, and why', () => {
    expect(progressOf({ ...online, connection: 'offline' })).toEqual({ kind: 'offline' })
    expect(progressOf({ ...online, connection: 'offline', code: 'unavailable' })).toEqual({ kind: 'unavailable' })
    expect(progressOf({ ...online, connection: 'offline', view: view({ state: 'uploading' }) })).toEqual({ kind: 'offline' })
  })
  it('keeps what it knew of a film that is already being made when the line drops', () => {
    expect(
      progressOf({ ...online, connection: 'offline', view: view({ state: 'rendering', fraction: 0.3, stage: 'draw' }) }),
    ).toMatchObject({ fraction: 0.3 })
  })
  it('tells sending, place and wait', () => {
    expect(progressOf({ ...online, outgoing: { visitId, phase: 'sending', fraction: 0.5 } })).toEqual({
      kind: 'sending',
      fraction: 0.5,
    })
    expect(progressOf({ ...online, view: view({ state: 'queued', place: 2, waitMs: 50_000 }) })).toEqual({
      kind: 'queued',
      place: 2,
      waitMs: 50_000,
    })
  })
  it('tells a clip that can be mended from a fault that cannot', () => {
    expect(progressOf({ ...online, view: view({ state: 'failed', code: 'clip-too-dark' }) })).toEqual({
      kind: 'refused',
      code: 'clip-too-dark',
    })
    expect(progressOf({ ...online, view: view({ state: 'failed', code: 'node-fault' }) })).toEqual({ kind: 'failed' })
    const stuck = { visitId, phase: 'stuck', fraction: 0 } as const
    expect(progressOf({ ...online, outgoing: { ...stuck, code: 'pack-unknown' } })).toEqual({ kind: 'failed' })
    expect(progressOf({ ...online, connection: 'offline', outgoing: { ...stuck, code: 'disk-full' } })).toEqual({
      kind: 'failed',
    })
    expect(progressOf({ ...online, view: view({ state: 'uploading' }), outgoing: { ...stuck, code: 'clip-too-large' } })).toEqual(
      { kind: 'refused', code: 'clip-too-large' },
    )
  })
  it('tells a film that this kiosk had to call off from one that somebody ended', () => {
    const cancelled = { ...online, view: view({ state: 'cancelled' }) }
    expect(progressOf(cancelled)).toEqual({ kind: 'ended' })
    expect(progressOf({ ...online, view: view({ state: 'rejected' }) })).toEqual({ kind: 'ended' })
    expect(progressOf({ ...online, view: view({ state: 'deleted' }) })).toEqual({ kind: 'gone' })
    expect(progressOf({ ...cancelled, outgoing: { visitId, phase: 'stuck', fraction: 0, code: 'upload-gone' } })).toEqual({
      kind: 'failed',
    })
  })
  it('counts a wait honestly, never down to nothing', () => {
    expect([spokenWait(400), spokenWait(41_000), spokenWait(89_999), spokenWait(90_001)]).toEqual([
      { seconds: 10 },
      { seconds: 50 },
      { seconds: 90 },
      { minutes: 2 },
    ])
  })
})
