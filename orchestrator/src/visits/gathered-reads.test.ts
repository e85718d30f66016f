import { expect, it } from 'vitest'
import { freshVisit } from '../../../tests/support/made-visit.ts'
import { gatherReads } from './gathered-reads.ts'

it('A12: whether a visit is still there is read after everyone who shares the look has asked', async () => {
  const [one, two] = [freshVisit(), freshVisit()]
  const there = new Map([one, two].map((visit) => [visit.visitId, visit]))
  const looks: (readonly string[])[] = []
  const read = gatherReads((visitIds) => {
    looks.push(visitIds)
    return Promise.resolve(visitIds.flatMap((visitId) => there.get(visitId) ?? []))
  })
  const asked = [read(one.visitId), read(two.visitId), read(one.visitId)]
  // Deleted behind the question, before the look.
  there.delete(two.visitId)
  expect(await Promise.all(asked)).toEqual([one, undefined, one])
  expect(looks).toEqual([[one.visitId, two.visitId]])
  there.delete(one.visitId)
  expect(await read(one.visitId)).toBeUndefined()
  expect(looks).toHaveLength(2)
})

it('A12: a look that fails fails whoever shares it, and the next begins anew', async () => {
  let away = true
  const visit = freshVisit()
  const read = gatherReads(() => (away ? Promise.reject(new Error('away')) : Promise.resolve([visit])))
  await expect(read(visit.visitId)).rejects.toThrow('away')
  away = false
  expect(await read(visit.visitId)).toBe(visit)
})
