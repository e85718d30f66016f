/** Where a connection comes from: its own address, or what the proxy on this machine says it stands for; and whose it is. */
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'

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

/** An IPv4 address as a socket that speaks both writes it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
/** Groups of an IPv6 address, 16 bits each, that name a network; what follows is its owner's to choose (RFC 6177, RFC 8981). */
const NETWORK_GROUPS = 4

/**
 * Whom an address is counted as: an IPv4 address itself, of IPv6 its /64, since one phone has 2^64 addresses and takes a new
 * one when it likes. What is no address counts as it is written.
 */
export const networkOf = (address: string): string => {
  const mapped = MAPPED.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [bare = address] = address.split('%')
  if (!isIPv6(bare) || isLoopback(bare)) return address
  const [head = '', tail] = bare.split('::')
  // A dotted end stands for two groups; it never reaches the first four of a whole address.
  const groupsIn = (part: string) => (part === '' ? [] : part.replace(/\d+\.\d+\.\d+\.\d+$/, '0:0').split(':'))
  const first = groupsIn(head)
  const last = groupsIn(tail ?? '')
  const blank = tail === undefined ? 0 : 8 - first.length - last.length
  const groups = [...first, ...Array.from({ length: blank }, () => '0'), ...last]
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

export type Crowd = {
  /** Lets one more in from this address, if there is room; then answers how to note that it is gone. */
  enter(address: string): (() => void) | undefined
  /** Whether one more would be let in. */
  hasRoom(address: string): boolean
}

/** Counts who is there from each address, of IPv6 from each /64. @param most how many there may be from one */
export const createCrowd = (most: number): Crowd => {
  const counts = new Map<string, number>()
  const hasRoom = (address: string) => (counts.get(networkOf(address)) ?? 0) < most
  return {
    hasRoom,
    enter: (address) => {
      if (!hasRoom(address)) return undefined
      const network = networkOf(address)
      counts.set(network, (counts.get(network) ?? 0) + 1)
      let there = true
      return () => {
        if (!there) return
        there = false
        const left = (counts.get(network) ?? 1) - 1
        if (left > 0) counts.set(network, left)
        else counts.delete(network)
      }
    },
  }
}
