import { describe, expect, it } from 'vitest'
import { pinPacks } from './pin-packs.ts'

const offer = (packId: string, digit: string) => ({ packId, packHash: digit.repeat(64) })

describe('pinPacks', () => {
  it('P17: pins what is new and leaves what is pinned as it is', () => {
    expect(pinPacks([], [offer('ice', '1')], false)).toEqual({ packs: [offer('ice', '1')], kept: [] })
    expect(pinPacks([offer('ice', '1')], [offer('ice', '2'), offer('snow', '3')], false)).toEqual({
      packs: [offer('ice', '1'), offer('snow', '3')],
      kept: ['ice'],
    })
    expect(pinPacks([offer('ice', '1')], [offer('ice', '1')], false)).toEqual({ packs: [offer('ice', '1')], kept: [] })
  })
  it('P17: changes a version when it is told to', () => {
    expect(pinPacks([offer('ice', '1'), offer('old', '4')], [offer('ice', '2')], true)).toEqual({
      packs: [offer('ice', '2')],
      kept: [],
    })
  })
})
