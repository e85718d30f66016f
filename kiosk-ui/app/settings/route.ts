/** The kiosk's settings, from the environment of this server. They hold the kiosk's token, so they are for its own browser. */
import { type NextRequest, NextResponse } from 'next/server'
import { readBrand } from '../../lib/brand/read-brand.ts'
import { isOwnBrowser, NOT_THE_STATION, PRIVATE_HEADERS } from '../../lib/kiosk/own-browser.ts'

export const dynamic = 'force-dynamic'

export const GET = async (request: NextRequest): Promise<NextResponse> => {
  if (!isOwnBrowser(request)) return NextResponse.json(NOT_THE_STATION, { status: 403, headers: PRIVATE_HEADERS })
  const brand = await readBrand()
  // biome-ignore lint/suspicious/noConsole: this server's log is what an integrator reads
  for (const why of brand?.refused ?? []) console.warn(`brand: ${why}`)
  const settings = {
    orchestratorUrl: process.env.FANREEL_ORCHESTRATOR_URL ?? '',
    eventId: process.env.FANREEL_EVENT_ID ?? '',
    kioskId: process.env.FANREEL_KIOSK_ID ?? '',
    token: process.env.FANREEL_KIOSK_TOKEN ?? '',
    ...(brand && { brand }),
    version: process.env.FANREEL_VERSION ?? '0.1.0',
    hasPin: (process.env.FANREEL_KIOSK_PIN ?? '') !== '',
  }
  return NextResponse.json(settings, { headers: PRIVATE_HEADERS })
}
