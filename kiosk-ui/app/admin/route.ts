/** Whether a PIN opens this kiosk's own settings. Asked by the page, decided here: the PIN never reaches the page. */
import { type NextRequest, NextResponse } from 'next/server'
import { z } from 'zod'
import { isOwnBrowser, NOT_THE_STATION, PRIVATE_HEADERS } from '../../lib/kiosk/own-browser.ts'
import { createPinLock } from '../../lib/kiosk/pin-lock.ts'

export const dynamic = 'force-dynamic'

const Tried = z.object({ pin: z.string().max(12) })
const tryPin = createPinLock(process.env.FANREEL_KIOSK_PIN ?? '')

export const POST = async (request: NextRequest): Promise<NextResponse> => {
  if (!isOwnBrowser(request)) return NextResponse.json(NOT_THE_STATION, { status: 403, headers: PRIVATE_HEADERS })
  const tried = Tried.safeParse(await request.json().catch(() => undefined))
  if (!tried.success)
    return NextResponse.json({ ok: false, code: 'bad-message', retryable: false }, { status: 400, headers: PRIVATE_HEADERS })
  return NextResponse.json({ answer: tryPin(tried.data.pin) }, { headers: PRIVATE_HEADERS })
}
