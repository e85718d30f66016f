/** Who this kiosk is and whom it talks to: read at run time from the environment of the server that gave out the page. */
import { Brand } from '@fanreel/protocol'
import { z } from 'zod'

export const KioskSettings = z.object({
  /** The orchestrator's origin; empty where it is the page's own. */
  orchestratorUrl: z.union([z.literal(''), z.url()]),
  eventId: z.string(),
  kioskId: z.string(),
  token: z.string(),
  version: z.string(),
  /** Whether the kiosk's own settings can be opened at all. */
  hasPin: z.boolean(),
  /** The event's own look, where it has one. */
  brand: Brand.optional(),
})
export type KioskSettings = z.infer<typeof KioskSettings>

/**
 * `not-the-station`: the server gives them to the station's own browser alone, and this is another.
 * @throws Error when the server answers with none
 */
export const fetchSettings = async (signal: AbortSignal): Promise<KioskSettings | 'not-the-station'> => {
  const answer = await fetch('/settings', { cache: 'no-store', signal })
  if (answer.status === 403) return 'not-the-station'
  if (!answer.ok) throw new Error(`settings answered ${answer.status}`)
  const settings = KioskSettings.parse(await answer.json())
  return { ...settings, orchestratorUrl: settings.orchestratorUrl || window.location.origin }
}
