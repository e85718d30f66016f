/**
 * The baseline of bench:upload: a server that acknowledges pieces and does nothing with them, in a process of its own, and the
 * loop that sends them one after the other.
 */
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { CHUNK_BYTES, MAX_FRAME_BYTES } from '@fanreel/protocol'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'

/** Sends `clip` in pieces, at most so many unacknowledged at once; answers how long it took, in milliseconds. */
export const sendRaw = async (url: string, clip: Uint8Array, underWayAtMost: number): Promise<number> => {
  const socket = io(url, { transports: ['websocket'], forceNew: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  const begun = performance.now()
  const underWay: Promise<unknown>[] = []
  for (let offset = 0; offset < clip.length; offset += CHUNK_BYTES) {
    if (underWay.length >= underWayAtMost) await underWay.shift()
    underWay.push(socket.timeout(15_000).emitWithAck('piece', { offset }, clip.subarray(offset, offset + CHUNK_BYTES)))
  }
  await Promise.all(underWay)
  const ms = performance.now() - begun
  socket.disconnect()
  return ms
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const http = createServer()
  const server = new Server(http, { transports: ['websocket'], maxHttpBufferSize: MAX_FRAME_BYTES, perMessageDeflate: false })
  server.on('connection', (socket) => {
    socket.on('piece', ({ offset }: { offset: number }, piece: Buffer, acknowledge: (answer: unknown) => void) => {
      acknowledge({ ok: true, offset: offset + piece.length })
    })
  })
  http.listen(0, '127.0.0.1', () => {
    const address = http.address()
    if (address && typeof address === 'object') process.stdout.write(`${JSON.stringify({ ready: true, port: address.port })}\n`)
  })
}
