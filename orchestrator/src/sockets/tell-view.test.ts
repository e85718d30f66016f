import { createServer } from 'node:http'
import { VisitView } from '@fanreel/protocol'
import { Server, type Socket } from 'socket.io'
import { io as connect } from 'socket.io-client'
import { afterAll, expect, it, vi } from 'vitest'
import { createViewTeller } from './tell-view.ts'

const http = createServer()
const server = new Server(http, { transports: ['websocket'] })
afterAll(() => server.close())

const viewOf = (seq: number, state: VisitView['state'], fraction?: number): VisitView =>
  VisitView.parse({
    eventId: 'test-event',
    visitId: '01890a5d-ac96-774b-bcce-b302099a8057',
    seq,
    state,
    packId: 'tiny',
    language: 'en',
    kioskId: 'kiosk-1',
    changedAt: 1,
    ...(fraction !== undefined && { stage: 'draw', fraction }),
  })

it('V5: a slow network loses progress at most, never a change of state', async () => {
  const port = await new Promise<number>((resolve) =>
    http.listen(0, '127.0.0.1', () => {
      const address = http.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )
  const connected = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const client = connect(`http://127.0.0.1:${port}`, { transports: ['websocket'] })
  const got: [number, string, number | undefined][] = []
  client.on('visit:changed', (view: VisitView) => got.push([view.seq, view.state, view.fraction]))
  const socket = await connected
  const tell = createViewTeller(socket)
  const { transport } = socket.conn
  // As it stands while the network takes nothing.
  transport.writable = false
  tell(viewOf(3, 'queued'))
  tell(viewOf(4, 'rendering', 0))
  tell(viewOf(4, 'rendering', 0.5))
  transport.writable = true
  tell(viewOf(4, 'rendering', 0.6))
  tell(viewOf(5, 'ready'))
  await vi.waitFor(() => expect(got.at(-1)?.[0]).toBe(5))
  expect(got.map(([seq]) => seq)).toEqual([3, 4, 4, 5])
  expect(got).not.toContainEqual([4, 'rendering', 0.5])
  client.disconnect()
})
