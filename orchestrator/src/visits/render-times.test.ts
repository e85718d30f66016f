import { pino } from 'pino'
import { expect, it } from 'vitest'
import { startRedis } from '../../../tests/support/redis-server.ts'
import { connectRedis } from '../queue/redis.ts'
import { createRenderTimes } from './render-times.ts'

it('V6: the typical time follows what is measured, the newest by a fifth', async () => {
  const server = await startRedis()
  const redis = await connectRedis({ url: server.socket, log: pino({ level: 'silent' }) })
  const times = createRenderTimes({ redis, eventId: 'test-event' })
  expect(await times.read()).toEqual({})
  await times.measured('cpu', 40_000)
  expect(await times.read()).toEqual({ cpu: 40_000 })
  await times.measured('cpu', 90_000)
  await times.measured('gpu', 7)
  expect(await times.read()).toEqual({ cpu: 50_000, gpu: 7 })
  await redis.close()
  await server.stop()
})
