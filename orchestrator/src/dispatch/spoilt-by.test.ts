import { expect, it } from 'vitest'
import { madeVisit } from '../../../tests/support/made-visit.ts'
import type { Visit } from '../visits/visit.ts'
import { isSpoiltBy } from './spoilt-by.ts'

const NOW = 1_000_000
const KEPT_MS = 60_000
const after = (...steps: [Visit['state'], string?][]): Visit => {
  const history = steps.map(([state, note]) => ({ at: NOW, state, ...(note !== undefined && { note }) }))
  return madeVisit({ state: 'queued', createdAt: 0, history })
}

it.each(['engine-failed', 'node-gone', 'lease-lost', 'deadline-passed', 'reel-wrong-format'])(
  'L8: an attempt that ended with %s is spoilt',
  (note) => {
    const visit = after(['queued'], ['rendering', 'node-a'], ['queued', note])
    expect(isSpoiltBy(visit, 'node-a', NOW, KEPT_MS)).toBe(true)
    expect(isSpoiltBy(visit, 'node-b', NOW, KEPT_MS)).toBe(false)
    expect(isSpoiltBy(visit, 'node-a', NOW + 61_000, KEPT_MS)).toBe(false)
  },
)

it('L8: so is one that ended unheard, and one before another node’s', () => {
  expect(isSpoiltBy(after(['queued'], ['rendering', 'node-a']), 'node-a', NOW, KEPT_MS)).toBe(true)
  const both = after(['rendering', 'node-a'], ['queued', 'node-gone'], ['rendering', 'node-b'], ['queued', 'node-gone'])
  expect(isSpoiltBy(both, 'node-a', NOW, KEPT_MS)).toBe(true)
})

it('L8: what a node gave back itself, or never took, is not', () => {
  expect(isSpoiltBy(after(['queued'], ['rendering', 'node-a'], ['queued', 'given-back']), 'node-a', NOW, KEPT_MS)).toBe(false)
  expect(isSpoiltBy(after(['queued'], ['rendering', 'node-a'], ['queued', 'offer-declined']), 'node-a', NOW, KEPT_MS)).toBe(false)
  expect(isSpoiltBy(after(['queued']), 'node-a', NOW, KEPT_MS)).toBe(false)
})
