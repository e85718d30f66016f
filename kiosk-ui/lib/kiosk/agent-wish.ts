/**
 * What the screens' server may wish of the agent that started it: said over the channel between the two processes, which no page and
 * no other program can reach. Without an agent that keeps a browser there is no such channel.
 */

import { z } from 'zod'

/** As the agent hears it. */
export const AgentWish = z.object({ wish: z.literal('restart-browser') })
export type AgentWish = z.infer<typeof AgentWish>

/** Whether an agent that keeps the browser listens. */
export const hasAgent = (): boolean => process.send !== undefined && process.connected

/** Asks the agent to start the browser anew. @returns false where nobody listens */
export const wishForRestart = (): Promise<boolean> =>
  new Promise((resolve) => {
    const wish: AgentWish = { wish: 'restart-browser' }
    if (!process.send || !process.connected) return resolve(false)
    process.send(wish, undefined, undefined, (error) => resolve(error === null))
  })
