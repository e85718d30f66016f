/** Where a connection comes from: its own address, or what the proxy on this machine says it stands for. */
import type { IncomingMessage } from 'node:http'

/** Addresses of this machine itself, where the proxy stands. */
const LOOPBACK = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/

export const isLoopback = (address: string): boolean => LOOPBACK.test(address)

/** The same rule as for requests: only a proxy on loopback is believed, and of what it says only its own, last word. */
export const addressOf = ({
  socket,
  headers,
}: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } }): string => {
  const own = socket.remoteAddress ?? 'unknown'
  const claimed = headers['x-forwarded-for']
  if (!isLoopback(own) || claimed === undefined) return own
  return String(claimed).split(',').at(-1)?.trim() || own
}

export type Crowd = {
  /** Lets one more in from this address, if there is room; then answers how to note that it is gone. */
  enter(address: string): (() => void) | undefined
  /** Whether one more would be let in. */
  hasRoom(address: string): boolean
}

/** Counts who is there from each address. @param most how many there may be from one */
export const createCrowd = (most: number): Crowd => {
  const counts = new Map<string, number>()
  const hasRoom = (address: string) => (counts.get(address) ?? 0) < most
  return {
    hasRoom,
    enter: (address) => {
      if (!hasRoom(address)) return undefined
      counts.set(address, (counts.get(address) ?? 0) + 1)
      let there = true
      return () => {
        if (!there) return
        there = false
        const left = (counts.get(address) ?? 1) - 1
        if (left > 0) counts.set(address, left)
        else counts.delete(address)
      }
    },
  }
}
