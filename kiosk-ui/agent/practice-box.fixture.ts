/** A box to practise on: settings that fit, and an orchestrator of a few lines. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AgentEnv, readEnv } from './env.ts'

export const TOKEN = 'practice.0123456789abcdef'

export type Served = { url: string; stop(): Promise<void> }

/** Answers on loopback, at any port. */
export const serve = async (listener: RequestListener): Promise<Served> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** @param own what a test sets besides, or otherwise */
export const practiceEnv = (place: { url: string; home: string }, own: Record<string, string>): AgentEnv =>
  readEnv({
    FANREEL_EVENT_ID: 'practice',
    FANREEL_KIOSK_ID: 'kiosk-1',
    FANREEL_KIOSK_TOKEN: TOKEN,
    FANREEL_ORCHESTRATOR_URL: place.url,
    FANREEL_AGENT_HOME: place.home,
    FANREEL_CAMERA: 'TEST',
    FANREEL_MIN_FREE_BYTES: '1000',
    ...own,
  })
