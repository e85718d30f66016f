/**
 * Whether a request comes from the kiosk's own browser: it reaches this server over loopback, directly or through a front
 * door that names the true peer in `X-Forwarded-For` and the host that was asked for in `X-Forwarded-Host`.
 * FANREEL_KIOSK_REACH=any lifts that for a trial with a second machine.
 */
import { isIP } from 'node:net'
import type { NextRequest } from 'next/server'

const isLoopback = (address: string): boolean => {
  const bare = address.replace(/^::ffff:/, '')
  return isIP(bare) !== 0 && (bare === '::1' || bare.startsWith('127.'))
}

const isOwnName = (host: string): boolean => {
  const name = host
    .trim()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || isIP(name) !== 0
}

/**
 * Whether the page was asked for by an address or as `localhost`: a name could be anybody's, pointed here (DNS rebinding). What
 * stands in `X-Forwarded-Host` a page may have written itself: it is believed beside the true `Host`, never instead of it.
 */
const isOwnHost = ({ headers }: Pick<NextRequest, 'headers'>): boolean =>
  [headers.get('host') ?? '', ...(headers.get('x-forwarded-host')?.split(',') ?? [])].every(isOwnName)

export const isOwnBrowser = (request: Pick<NextRequest, 'headers'>): boolean => {
  const peers = (request.headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim())
  const near = isOwnHost(request) && peers.every((peer) => peer === '' || isLoopback(peer))
  const sameSite = ['same-origin', 'none', null].includes(request.headers.get('sec-fetch-site'))
  return sameSite && (near || process.env.FANREEL_KIOSK_REACH === 'any')
}

/**
 * Whether a POST may come from a page of ours: a page of another origin can send no JSON without asking first, which nothing here
 * ever grants, and a browser names the origin of every page that sends one.
 */
export const isOwnPage = ({ headers }: Pick<NextRequest, 'headers'>): boolean => {
  if (!/^application\/json\b/i.test(headers.get('content-type') ?? '')) return false
  const origin = headers.get('origin')
  if (origin === null) return true
  const hosts = [headers.get('host') ?? '', ...(headers.get('x-forwarded-host')?.split(',') ?? [])].map((host) => host.trim())
  return URL.canParse(origin) && hosts.includes(new URL(origin).host)
}

/** How a stranger is answered. */
export const NOT_THE_STATION = { ok: false, code: 'unauthorised', retryable: false } as const
export const PRIVATE_HEADERS = { 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' } as const
