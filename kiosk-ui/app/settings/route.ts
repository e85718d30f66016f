/**
 * The kiosk's settings, from the environment of this server. They hold the kiosk's token, so they are for the kiosk's
 * own browser: it reaches this server over loopback, directly or through a front door that names the true peer in
 * `X-Forwarded-For` and the host that was asked for in `X-Forwarded-Host`. FANREEL_KIOSK_REACH=any lifts that for a trial
 * with a second machine.
 */
import { isIP } from 'node:net'
import { type NextRequest, NextResponse } from 'next/server'

export const dynamic = 'force-dynamic'

const isLoopback = (address: string): boolean => {
  const bare = address.replace(/^::ffff:/, '')
  return isIP(bare) !== 0 && (bare === '::1' || bare.startsWith('127.'))
}

/** Whether the page was asked for by an address or as `localhost`: a name could be anybody's, pointed here (DNS rebinding). */
const isOwnHost = (request: NextRequest): boolean => {
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host') ?? ''
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || isIP(name) !== 0
}

export const GET = (request: NextRequest): NextResponse => {
  const peers = (request.headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim())
  const near = isOwnHost(request) && peers.every((peer) => peer === '' || isLoopback(peer))
  const sameSite = ['same-origin', 'none', null].includes(request.headers.get('sec-fetch-site'))
  const headers = { 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' }
  if (!sameSite || (!near && process.env.FANREEL_KIOSK_REACH !== 'any')) {
    return NextResponse.json({ ok: false, code: 'unauthorised', retryable: false }, { status: 403, headers })
  }
  const settings = {
    orchestratorUrl: process.env.FANREEL_ORCHESTRATOR_URL ?? '',
    eventId: process.env.FANREEL_EVENT_ID ?? '',
    kioskId: process.env.FANREEL_KIOSK_ID ?? '',
    token: process.env.FANREEL_KIOSK_TOKEN ?? '',
    version: process.env.FANREEL_VERSION ?? '0.1.0',
  }
  return NextResponse.json(settings, { headers })
}
