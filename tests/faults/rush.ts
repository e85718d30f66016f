/** An event under load, for what is done to Redis: kiosks that send visitors, nodes that make their films. */
import { performance } from 'node:perf_hooks'
import { createClient } from 'redis'
import { madeClip } from '../support/fake-kiosk.ts'
import type { Fleet } from '../support/fleet.ts'
import { sendVisitor } from '../support/visitor.ts'
import { until } from './fault.ts'

const KIOSKS = ['kiosk-1', 'kiosk-2', 'kiosk-3']

/** Kiosks that send one visitor after the other until they are told to stop. */
export const startRush = async (fleet: Fleet) => {
  await fleet.startNodes(['node-a', 'node-b'], { makeMs: 300 })
  const visits = new Set<string>()
  let going = true
  const kiosks = await Promise.all(
    KIOSKS.map(async (kioskId) => {
      const kiosk = await fleet.kiosk(kioskId)
      return async () => {
        while (going) {
          const { visitId } = await sendVisitor(kiosk, { kioskId, url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
          visits.add(visitId)
        }
      }
    }),
  )
  const done = Promise.all(kiosks.map((rush) => rush()))
  // Where the fault did harm the test ends before it waits for them.
  done.catch(() => undefined)
  const ready = async () => (await fleet.store.counts()).ready ?? 0
  await until(async () => (await ready()) >= 3, { withinMs: 60_000, what: 'the first films' })
  return {
    visits,
    ready,
    /** Waits for a film that is made from now on. */
    nextFilm: async (withinMs: number, since = performance.now()) => {
      const before = await ready()
      return until(async () => (await ready()) > before, { withinMs, what: 'a film', since })
    },
    stop: async () => {
      going = false
      await done
    },
  }
}

/** A connection of the test's own, past the proxies, for what is done to Redis. */
export const admin = async <T>(fleet: Fleet, work: (client: ReturnType<typeof createClient>) => Promise<T>): Promise<T> => {
  const client = createClient({ socket: { path: fleet.server.socket, tls: false } })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client as ReturnType<typeof createClient>)
  } finally {
    client.destroy()
  }
}
