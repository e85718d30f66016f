/** Ports that are free, and the address by which a phone in the same network finds this machine. */
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { DemoFault } from './fault.ts'

const FIRST_PORT = 4400
const TRIES = 100

const isFree = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })

/**
 * The front door's port: `wanted`, or 4400 or the next free one.
 * @throws DemoFault when the wanted one is taken
 */
export const frontDoorPort = async (wanted: number | undefined, host: string): Promise<number> => {
  if (wanted !== undefined) {
    if (await isFree(wanted, host)) return wanted
    throw new DemoFault(`Port ${wanted} is taken: stop what uses it, or choose another with --port`)
  }
  for (let port = FIRST_PORT; port < FIRST_PORT + TRIES; port++) if (await isFree(port, host)) return port
  throw new DemoFault(`No port between ${FIRST_PORT} and ${FIRST_PORT + TRIES} is free: choose one with --port`)
}

/** Any free port on loopback. */
export const anyPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })

/** This machine's first IPv4 address that is not its own loopback. */
export const lanAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
