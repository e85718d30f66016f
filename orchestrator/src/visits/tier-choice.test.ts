import type { NodeRow, RenderTier } from '@fanreel/protocol'
import { expect, it } from 'vitest'
import { betterTier } from './tier-choice.ts'

const TIERS: RenderTier[] = ['cloud', 'gpu', 'cpu']
const node = (tier: RenderTier, state: NodeRow['state'] = 'online') => ({ tiers: [tier], state }) as unknown as NodeRow
const better = (waitsOn: RenderTier, nodes: NodeRow[], permits: (tier: RenderTier) => boolean = () => true) =>
  betterTier(waitsOn, { tiers: TIERS, nodes, permits })

it('Q11: a visit stays where somebody works, and goes to the first tier that it permits and that is served', () => {
  expect(better('gpu', [node('gpu'), node('cpu')])).toBeUndefined()
  expect(better('cpu', [node('gpu'), node('cpu')])).toBeUndefined()
  expect(better('gpu', [node('gpu', 'offline'), node('cpu')])).toBe('cpu')
  expect(better('gpu', [node('gpu', 'draining'), node('cpu')])).toBe('cpu')
  expect(better('cpu', [node('gpu')])).toBe('gpu')
  expect(better('gpu', [node('cloud'), node('cpu')])).toBe('cloud')
  expect(better('gpu', [node('cloud'), node('cpu')], (tier) => tier !== 'cloud')).toBe('cpu')
  expect(better('gpu', [node('cloud')], (tier) => tier !== 'cloud')).toBeUndefined()
  expect(better('gpu', [])).toBeUndefined()
})
