import { expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { createStoreWatch } from './store-watch.ts'

it('S6, L6: whoever waits for a store has a minute from when it was last away', async () => {
  let now = 1_000_000
  let isFull = false
  const asked: (number | undefined)[] = []
  const ready = (bytes?: number) => {
    asked.push(bytes)
    return isFull ? Promise.reject(new AppError('disk-full')) : Promise.resolve()
  }
  const watch = createStoreWatch({ ready }, { now: () => now })
  expect(await watch.awayLately()).toBe(false)
  isFull = true
  await expect(watch.ready(7)).rejects.toMatchObject({ code: 'disk-full' })
  expect(asked.at(-1)).toBe(7)
  now += 600_000
  expect(await watch.awayLately()).toBe(true)
  isFull = false
  now += 59_000
  expect(await watch.awayLately()).toBe(true)
  now += 2_000
  expect(await watch.awayLately()).toBe(false)
})
