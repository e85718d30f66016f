/**
 * Who may hold a connection open, and how long without using it (A16). A descriptor is all that it costs to hold one, so without a
 * limit one address takes them all, and the door is shut to everybody. A proxy on this machine stands for many and is let be: it has limits of its own.
 */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { createCrowd, isLoopback } from '../sockets/address.ts'

/** Of this machine's descriptors so many parts may be connections; the rest is for Redis, films and what else there is. */
const SHARE = 0.75
/** Connections of one address that have asked nothing yet: a venue that comes back at once, and no flood of the silent. */
const MOST_UNASKED = 250
/** How often whoever was turned away is told of, in milliseconds. */
const TELL_MS = 60_000

/** How many files this process may have open; undefined where the system does not say. */
export const mostOpenFiles = (read: () => string = () => readFileSync('/proc/self/limits', 'utf8')): number | undefined => {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(read())?.[1]
    return soft === undefined ? undefined : Number(soft)
  } catch {
    // No Linux: the system's own limit is the only one.
    return undefined
  }
}

export type ConnectionLimits = {
  /** Connections of one address. */
  mostOfOne: number
  /** How long a connection may take to say what it wants, in milliseconds. */
  headersMs: number
  /** How long an answer may stand still, not one byte of it taken, in milliseconds. */
  idleMs: number
}

/** Holds every connection of the server to the limits. `isTrusted` says whose are not counted. */
export const limitConnections = (
  server: Server,
  options: ConnectionLimits & {
    files?: number | undefined
    isTrusted?: (address: string) => boolean
    now: () => number
    log: Logger
  },
): void => {
  const { mostOfOne, headersMs, idleMs, files = mostOpenFiles(), isTrusted = isLoopback, now, log } = options
  const mostOfAll = files === undefined ? Number.POSITIVE_INFINITY : Math.floor(files * SHARE)
  if (Number.isFinite(mostOfAll)) server.maxConnections = mostOfAll
  server.headersTimeout = headersMs
  // Node counts only what the other side has really taken: a slow phone that takes a little now and then goes on for ever.
  server.setTimeout(idleMs)

  const here = createCrowd(Math.min(mostOfOne, Math.ceil(mostOfAll / 2)))
  const unasked = createCrowd(Math.min(MOST_UNASKED, Math.ceil(mostOfAll / 4)))
  const asked = new WeakMap<Socket, () => void>()
  let refused = 0
  let toldAt = Number.NEGATIVE_INFINITY
  const turnAway = (socket: Socket): void => {
    socket.destroy()
    refused++
    if (now() - toldAt < TELL_MS) return
    log.warn({ code: 'overloaded', refused }, 'an address holds too many connections')
    toldAt = now()
    refused = 0
  }
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? 'unknown'
    if (isTrusted(address)) return
    const hasAsked = unasked.enter(address)
    const gone = hasAsked && here.enter(address)
    if (!gone) {
      hasAsked?.()
      turnAway(socket)
      return
    }
    asked.set(socket, hasAsked)
    socket.once('close', () => {
      hasAsked()
      gone()
    })
  })
  const heard = ({ socket }: IncomingMessage) => asked.get(socket)?.()
  server.on('request', heard)
  server.on('upgrade', heard)
}
