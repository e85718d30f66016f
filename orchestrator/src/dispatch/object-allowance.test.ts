import { expect, it } from 'vitest'
import { useRedis } from '../../../tests/support/use-redis.ts'
import type { Redis } from '../queue/redis.ts'
import { createObjectAllowance } from './object-allowance.ts'

const at = useRedis()

/** One instance, and how often it has asked Redis. */
const instance = (eventId: string, films = 3) => {
  let asked = 0
  const call: Redis['call'] = (command) => {
    asked++
    return at.redis.call(command)
  }
  const allowance = createObjectAllowance({ redis: { call }, eventId, most: { films, previews: 20 } })
  return { ...allowance, asked: () => asked }
}

it('N7: the same object counts once, another lease counts anew, and going too far is told once', async () => {
  const here = instance('one')
  here.granted('e.a.1')
  for (let at = 0; at < 20; at++) {
    expect(await here.take('e.a.1', 'preview', String(at))).toBe('yes')
    expect(await here.take('e.a.1', 'preview', String(at))).toBe('yes')
  }
  expect(await here.take('e.a.1', 'preview', 'one more')).toBe('first-too-many')
  expect(await here.take('e.a.1', 'preview', 'and more')).toBe('too-many')
  expect(await here.take('e.a.1', 'reel', 'r')).toBe('yes')
  expect(await here.take('e.b.2', 'preview', 'one more')).toBe('yes')
})

it('N7: a lease that is carried from instance to instance may write no more by that', async () => {
  const instances = [instance('moved'), instance('moved'), instance('moved'), instance('moved')]
  instances[0]!.granted('e.a.1')
  const answers: string[] = []
  for (const [at, each] of instances.entries()) answers.push(await each.take('e.a.1', 'reel', `reel-${at}`))
  expect(answers).toEqual(['yes', 'yes', 'yes', 'first-too-many'])
  // A transfer that is repeated elsewhere is the same object still.
  expect(await instances[3]!.take('e.a.1', 'reel', 'reel-1')).toBe('yes')
  expect(await instances[0]!.take('e.a.1', 'reel', 'reel-0')).toBe('yes')
  expect(await instances[0]!.take('e.a.1', 'reel', 'reel-4')).toBe('too-many')
})

it('N7: a usual film asks Redis nothing where its lease was granted, and is made where only one object of a kind is allowed', async () => {
  const here = instance('usual')
  here.granted('e.a.1')
  for (const kind of ['reel', 'poster', 'shot-list', 'reference'] as const) await here.take('e.a.1', kind, kind)
  for (let at = 0; at < 10; at++) await here.take('e.a.1', 'preview', String(at))
  expect(here.asked()).toBe(0)
  const strict = instance('strict', 1)
  strict.granted('e.a.1')
  expect([await strict.take('e.a.1', 'reel', 'a'), await strict.take('e.a.1', 'reel', 'b')]).toEqual(['yes', 'first-too-many'])
})
