/** TLS before the front door: what arrives is carried to it byte by byte, so requests, streams and sockets pass alike. */

import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import type { Certificate } from './certificate.ts'

export type TlsFront = { port: number; close(): Promise<void> }

/** @param options `port` 0 takes any; `doorPort` is the front door's on loopback */
export const openTlsFront = async (options: {
  certificate: Certificate
  host: string
  port: number
  doorPort: number
}): Promise<TlsFront> => {
  const open = new Set<TLSSocket>()
  const server = createServer({ ...options.certificate, ALPNProtocols: ['http/1.1'] }, (visitor) => {
    open.add(visitor)
    const door = connect(options.doorPort, '127.0.0.1')
    // Either side may break off at any time: the other is let go with it.
    visitor.once('error', () => door.destroy()).once('close', () => open.delete(visitor) && door.destroy())
    door.once('error', () => visitor.destroy()).once('close', () => visitor.end())
    visitor.pipe(door).pipe(visitor)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const visitor of open) visitor.destroy()
      }),
  }
}
