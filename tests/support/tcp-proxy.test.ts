import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { randomOf } from '../faults/random/schedule.ts'
import { startTcpProxy } from './tcp-proxy.ts'

const PIECES = 3_000

it('hands on what comes in the order in which it came, however often its mood changes meanwhile', async () => {
  const heard: Buffer[] = []
  const server = createServer((socket) => socket.on('data', (piece) => heard.push(piece))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await startTcpProxy(() => [{ port: (server.address() as AddressInfo).port }])
  const client = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true })
  try {
    await once(client, 'connect')
    const random = randomOf(1)
    const said: number[] = []
    for (let count = 0; count < PIECES; count++) {
      said.push(count)
      client.write(`${count} `)
      if (count % 7 === 0) proxy.delay(Math.round(random() * 8))
      if (count % 100 === 0) proxy.blackHole(true)
      if (count % 100 === 50) proxy.blackHole(false)
      await nextTurn()
    }
    proxy.delay(0)
    client.end()
    await expect.poll(() => Buffer.concat(heard).toString()).toBe(`${said.join(' ')} `)
  } finally {
    client.destroy()
    await proxy.close()
    server.close()
  }
})
