import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Pack } from '@fanreel/content-packs/schema'
import type { Shot, ShotList } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { plainVariant } from './plain.ts'

const file = fileURLToPath(new URL('../../../content-packs/figure-skating/pack.json', import.meta.url))
const pack = Pack.parse(JSON.parse(readFileSync(file, 'utf8')))
const list = {
  shots: pack.story.map((slot, index) => ({
    id: `${index + 1}-${slot.id}`,
    slot: slot.id,
    treatment: slot.treatment,
    plateView: slot.view,
    framing: slot.framing,
    startFrame: index * 45,
    reason: 'waves',
  })),
} as unknown as ShotList
const PLAIN = ['interview', 'close-up', 'boards']
const only = (slot: string): Shot => list.shots.find((shot) => shot.slot === slot)!
const drawn = (world: Pack, slot: string): Shot => {
  const { shots } = plainVariant(world, list, new Set([only(slot).id]))
  return shots.find((shot) => shot.slot === slot)!
}

describe('F16: the plain variant', () => {
  it('shows the face large and as filmed in every slot, in front of a view of the pack, at the same seconds', () => {
    for (const { id } of pack.story) {
      const shot = drawn(pack, id)
      expect(PLAIN).toContain(shot.treatment)
      expect(pack.views.map((view) => view.id)).toContain(shot.plateView)
      expect(shot).toMatchObject({ id: only(id).id, startFrame: only(id).startFrame, reason: 'drawn plainly; waves' })
      expect([shot.treatment, shot.plateView]).not.toEqual([only(id).treatment, only(id).plateView])
    }
  })

  it('is what the slot says, unless it names a view that is not there', () => {
    const saying = (view: string): Pack => ({
      ...pack,
      story: pack.story.map((slot) => (slot.id === 'echo' ? { ...slot, plain: { treatment: 'close-up' as const, view } } : slot)),
    })
    expect(drawn(saying('ice'), 'echo')).toMatchObject({ treatment: 'close-up', plateView: 'ice' })
    expect(drawn(saying('nowhere'), 'echo')).toMatchObject({ treatment: 'interview' })
  })

  it('leaves the other shots as they are', () => {
    const { shots } = plainVariant(pack, list, new Set([only('echo').id]))
    expect(shots.filter((shot) => shot.slot !== 'echo')).toEqual(list.shots.filter((shot) => shot.slot !== 'echo'))
  })
})
