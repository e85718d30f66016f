/**
 * What the screens' server may wish of the agent that started it: said over the channel between the two processes, which no page and
 * no other program can reach. Others that start the server keep a channel too (`npm start`, to end with it), so an agent that keeps a
 * browser leaves a mark of its own.
 */

import { z } from 'zod'

/** As the agent hears it. */
export const AgentWish = z.object({ wish: z.literal('restart-browser') })
export type AgentWish = z.infer<typeof AgentWish>

/** What such an agent adds to the environment of the server. */
export const AGENT_MARK = { FANREEL_BROWSER_KEPT: 'yes' } as const

/** Whether an agent that keeps the browser listens. */
export const hasAgent = (): boolean =>
  process.env.FANREEL_BROWSER_KEPT === AGENT_MARK.FANREEL_BROWSER_KEPT && process.send !== undefined && process.connected

/** Asks the agent to start the browser anew. @returns false where nobody listens */
export const wishForRestart = (): Promise<boolean> =>
  new Promise((resolve) => {
    const wish: AgentWish = { wish: 'restart-browser' }
    if (!hasAgent() || !process.send) return resolve(false)
    process.send(wish, undefined, undefined, (error) => resolve(error === null))
  })
