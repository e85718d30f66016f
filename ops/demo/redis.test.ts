import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createChildren } from './children.ts'
import { type Places, ROOT } from './places.ts'
import { startRedis } from './redis.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

const ask = (socket: string, words: string) =>
  new Promise<string>((resolve, reject) => {
    const connection = createConnection(socket, () => connection.write(`${words}\r\n`))
    connection.once('data', (data) => {
      resolve(data.toString().trim())
      connection.destroy()
    })
    connection.once('error', reject)
  })

it('keeps its data, and takes over the files of a Redis that was left behind', async () => {
  const home = mkdtempSync(join(tmpdir(), 'fanreel-demo-'))
  stops.push(() => rmSync(home, { recursive: true }))
  mkdirSync(join(home, 'redis'))
  const places = { root: ROOT, logs: home, redis: join(home, 'redis'), redisSocket: join(home, 'socket') } as Places
  const forgotten = createChildren(home)
  stops.push(forgotten.stop)
  await startRedis(forgotten, places)
  expect(await ask(places.redisSocket, 'SET visit ready')).toBe('+OK')

  const children = createChildren(home)
  stops.push(children.stop)
  await startRedis(children, places)
  expect(await ask(places.redisSocket, 'GET visit')).toContain('ready')
  await expect(forgotten.anyEnded).rejects.toThrow(/redis ended by itself/)
})
