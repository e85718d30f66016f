import { expect, it } from 'vitest'
import { failureOf } from './failure.ts'
import { SoundUnfit } from './sound/track.ts'

it('N13: a mix that cannot be held under its ceiling strikes no node: another attempt draws other lots', () => {
  expect(failureOf(new SoundUnfit('too loud'), 'draw')).toEqual({ code: 'reel-wrong-format', class: 'retry' })
  expect(failureOf(new Error('no memory'), 'draw')).toEqual({ code: 'node-fault', class: 'node-fault' })
})
