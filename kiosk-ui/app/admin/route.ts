/**
 * Whether a PIN opens this kiosk's own settings, and what may be wished behind it. Asked by the page, decided here: the PIN never
 * reaches the page, and no page of another origin, or under a name that was pointed here, is heard.
 */
import { type NextRequest, NextResponse } from 'next/server'
import { z } from 'zod'
import { createAdminPasses } from '../../lib/kiosk/admin-pass.ts'
import { hasAgent, wishForRestart } from '../../lib/kiosk/agent-wish.ts'
import { isOwnBrowser, isOwnPage, NOT_THE_STATION, PRIVATE_HEADERS } from '../../lib/kiosk/own-browser.ts'
import { createPinLock } from '../../lib/kiosk/pin-lock.ts'

export const dynamic = 'force-dynamic'

const Asked = z.union([
  z.strictObject({ pin: z.string().max(12) }),
  z.strictObject({ pass: z.string().max(64), wish: z.literal('restart') }),
])
const tryPin = createPinLock(process.env.FANREEL_KIOSK_PIN ?? '')
const passes = createAdminPasses()

const answerTo = async (asked: z.infer<typeof Asked>): Promise<object> => {
  if ('pin' in asked) {
    const answer = tryPin(asked.pin)
    return answer === 'open' ? { answer, pass: passes.issue(), agent: hasAgent() } : { answer }
  }
  if (!passes.holds(asked.pass)) return { answer: 'expired' }
  return { answer: (await wishForRestart()) ? 'restarting' : 'alone' }
}

export const POST = async (request: NextRequest): Promise<NextResponse> => {
  if (!isOwnBrowser(request) || !isOwnPage(request))
    return NextResponse.json(NOT_THE_STATION, { status: 403, headers: PRIVATE_HEADERS })
  const asked = Asked.safeParse(await request.json().catch(() => undefined))
  if (!asked.success)
    return NextResponse.json({ ok: false, code: 'bad-message', retryable: false }, { status: 400, headers: PRIVATE_HEADERS })
  return NextResponse.json(await answerTo(asked.data), { headers: PRIVATE_HEADERS })
}
