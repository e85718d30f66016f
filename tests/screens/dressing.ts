/**
 * What a kiosk hears from its orchestrator, dressed up on the way: an event that is paused, a film at any point of its way.
 * The orchestrator, the sockets and the screens are the real ones; only these words are changed, so that every screen can be
 * brought up within seconds and stays as long as it is looked at.
 */
import type { EventStatus, KioskClosure, VisitView } from '@fanreel/protocol'
import type { Page, WebSocketRoute } from 'playwright-core'

export type Dressing = {
  /** Says to the kiosk that the event stands so. */
  status(status: Pick<EventStatus, 'open'> & Partial<EventStatus>): void
  /** Says that operators have closed this kiosk, or, with undefined, opened it. */
  closed(closed: KioskClosure | undefined): void
  /** Says that the visit at hand stands so. */
  view(view: Partial<VisitView> & Pick<VisitView, 'state'>): void
  /** From here on what the orchestrator itself says of a visit is heard again. */
  undress(): void
  /** Cuts the line, and lets no new one through while `on`. */
  cut(on: boolean): void
  /** Lets the kiosk show a token that the orchestrator does not know. */
  forget(on: boolean): void
}

type Json = { [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A message of socket.io in the kiosk's namespace: its kind, the number of the question it answers, and what it says. */
const MESSAGE = /^(4[23]\/kiosk,)(\d*)(\[.*)$/s

/** Call before the page is opened. */
export const dress = async (page: Page): Promise<Dressing> => {
  let socket: WebSocketRoute | undefined
  let eventId = ''
  let visit: Json | undefined
  let seq = 10_000
  let status: Partial<EventStatus> = { open: true }
  let view: (Partial<VisitView> & Pick<VisitView, 'state'>) | undefined
  let closure: KioskClosure | undefined
  let isCut = false
  let isForgotten = false

  const say = (name: string, payload: unknown) => socket?.send(`42/kiosk,${JSON.stringify([name, payload])}`)
  const sayClosure = () => say('kiosk:closed', { eventId, kioskId: 'kiosk-1', ...(closure && { closed: closure }) })
  const statusOf = (said: Json): Json => {
    const { reason: _, waitMs: __, ...rest } = said
    return { ...rest, ...status }
  }
  const viewOf = (said: Json): Json => (view ? { ...said, ...view, seq: ++seq, changedAt: Date.now() } : said)
  const dressed = (value: unknown): unknown => {
    if (!isObject(value)) return value
    if ('nodes' in value && 'open' in value) return statusOf(value)
    if ('visitId' in value && 'state' in value) {
      visit = value
      return viewOf(value)
    }
    if (typeof value.eventId === 'string') eventId = value.eventId
    const { status: told, visit: seen, ...rest } = value
    return {
      ...rest,
      ...(isObject(told) ? { status: statusOf(told) } : told !== undefined && { status: told }),
      ...(isObject(seen) ? { visit: dressed(seen) } : seen !== undefined && { visit: seen }),
      ...(Array.isArray(value.purposes) && { purposes: ['make-film', 'cloud'] }),
    }
  }

  await page.routeWebSocket(/socket\.io/, (route) => {
    if (isCut) return void route.close()
    socket = route
    const server = route.connectToServer()
    route.onMessage((message) =>
      server.send(isForgotten && typeof message === 'string' ? message.replace(/"token":"[^"]*"/, '"token":"unknown"') : message),
    )
    server.onMessage((message) => {
      const found = typeof message === 'string' ? MESSAGE.exec(message) : null
      if (!found) return route.send(message)
      const [, start = '', number = '', said = '[]'] = found
      const parts = JSON.parse(said) as unknown[]
      // The orchestrator tells it again on a slow clock: it says what was said here.
      if (parts[0] === 'kiosk:closed') return sayClosure()
      route.send(start + number + JSON.stringify(parts.map(dressed)))
    })
  })
  return {
    status: (next) => {
      status = next
      say('event:status', { eventId, nodes: 1, queued: 0, ...next })
    },
    closed: (closed) => {
      closure = closed
      sayClosure()
    },
    view: (next) => {
      view = next
      if (visit) say('visit:changed', viewOf(visit))
    },
    undress: () => {
      view = undefined
      visit = undefined
    },
    cut: (on) => {
      isCut = on
      if (on) void socket?.close()
    },
    forget: (on) => {
      isForgotten = on
    },
  }
}
