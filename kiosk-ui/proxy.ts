/**
 * Security headers of a kiosk box, where this server is what the browser meets and the orchestrator is another origin.
 * Behind the orchestrator's front door that door sets them, and this does nothing.
 */
import { uiPolicy } from '@fanreel/protocol'
import { NextResponse } from 'next/server'

export const proxy = (): NextResponse => {
  const response = NextResponse.next()
  const orchestrator = process.env.FANREEL_ORCHESTRATOR_URL
  // Next's dev server needs what the policy forbids.
  if (!orchestrator || process.env.NODE_ENV === 'development') return response
  const directives = Object.entries(uiPolicy([new URL(orchestrator).origin]))
  response.headers.set('content-security-policy', directives.map(([name, sources]) => [name, ...sources].join(' ')).join('; '))
  response.headers.set('permissions-policy', 'camera=(self), microphone=(self), geolocation=(), payment=()')
  response.headers.set('referrer-policy', 'no-referrer')
  response.headers.set('x-content-type-options', 'nosniff')
  response.headers.set('x-frame-options', 'DENY')
  return response
}
