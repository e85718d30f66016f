/** What the kiosk's server answers to its own page about the settings behind the PIN. */
import { z } from 'zod'

export const PinAnswers = z.discriminatedUnion('answer', [
  /** `agent`: one keeps this browser, and can start it anew. `pass` is to be shown with every wish. */
  z.object({ answer: z.literal('open'), pass: z.string(), agent: z.boolean() }),
  z.object({ answer: z.enum(['wrong', 'closed']) }),
])
export type Opened = Extract<z.infer<typeof PinAnswers>, { answer: 'open' }>

/** `alone`: no agent listens, so that the page can only load itself again. `expired`: the PIN is asked for anew. */
export const RestartAnswer = z.object({ answer: z.enum(['restarting', 'alone', 'expired']) })
