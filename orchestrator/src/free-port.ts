/** A port that nobody listens on right now: pickup addresses name the port before it is opened. */
import { createServer } from 'node:net'
import { AppError } from './errors.ts'

/** @throws AppError `internal` where the host has none */
export const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const fail = (cause?: unknown) => reject(new AppError('internal', { cause, detail: `no free port on ${host}` }))
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, host, () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : fail()))
    })
  })
