/** A floor at work, without films: a node that is busy with one render, kiosks whose visitors wait behind it, agents that report. */
import type { KioskHealth, KioskTrouble, Language } from '@fanreel/protocol'
import { EVENT_ID, sha256 } from '../../orchestrator/src/http/front-door.fixture.ts'
import { nodeObjectKey } from '../../orchestrator/src/visits/media-keys.ts'
import { createFakeKiosk, madeClip } from '../support/fake-kiosk.ts'
import { createFakeNode } from '../support/fake-node.ts'
import type { Stage } from './stage.ts'

export const goodBox: KioskHealth = {
  version: '0.1.0',
  upMs: 3 * 3_600_000,
  disk: { freeBytes: 41_200_000_000, totalBytes: 64_000_000_000 },
  memory: { freeBytes: 1_900_000_000, totalBytes: 8_000_000_000 },
  load: 0.4,
  celsius: 61,
  camera: 'in-use',
  browser: { state: 'running', restarts: 0, memoryBytes: 610_000_000 },
  skewMs: 120,
  roundTripMs: 9,
}
export const sickBox: KioskHealth = {
  ...goodBox,
  disk: { freeBytes: 1_100_000_000, totalBytes: 64_000_000_000 },
  celsius: 92,
  camera: 'missing',
  browser: { state: 'frozen', restarts: 4 },
  skewMs: -45_000,
}

export type Floor = {
  /** Records one more visitor, who waits; answers their pickup token. */
  waiting(language: Language): Promise<string>
  /** A visit whose film is half made; answers its page's path. */
  rendering(language: Language, frame: Buffer): Promise<string>
  report(kiosk: 'north' | 'south', health: KioskHealth): Promise<void>
  /** What a kiosk finds wrong with itself. */
  finding(kiosk: 'north' | 'south', trouble: KioskTrouble): Promise<unknown>
  operatorToken(): Promise<string>
  close(): void
}

/** Films behind which the newest visitor waits. */
const AHEAD = 2

export const openFloor = async ({ door, url }: Stage): Promise<Floor> => {
  const nodeToken = await door.tokens.issue(EVENT_ID, 'node', 'node-a')
  const node = await createFakeNode({ url, eventId: EVENT_ID, nodeId: 'node-a', token: nodeToken })
  await node.hello()
  await node.ready()
  const open = async (kioskId: string) => {
    const token = await door.tokens.issue(EVENT_ID, 'kiosk', kioskId)
    const kiosk = await createFakeKiosk({ url, eventId: EVENT_ID, kioskId, token })
    await kiosk.hello()
    return { kiosk, token }
  }
  const kiosks = { north: await open('kiosk-north'), south: await open('kiosk-south') }
  const { kiosk } = kiosks.north
  const busy = kiosk.record().then(() => node.nextOffer())
  // The tour may end under a beat.
  const beat = () => busy.then((offer) => node.beat(offer, 0.46)).catch(() => undefined)
  const beating = setInterval(() => void beat(), 2_000)
  await node.beat(await busy, 0.46)
  for (let count = 0; count < AHEAD; count++) await kiosk.record()
  return {
    waiting: async (language) => {
      const visit = await kiosk.start({ language })
      await kiosk.send(visit.visitId, madeClip())
      return visit.pickupToken
    },
    rendering: async (language, frame) => {
      const { path, visitId } = await door.putVisit('rendering', { language })
      const preview = sha256(frame)
      const key = nodeObjectKey({ eventId: EVENT_ID, visitId, folder: 'one', kind: 'preview', sha256: preview })
      await door.media.put(key, frame, { bytes: frame.length, sha256: preview })
      const beat = { renderId: `${visitId}-r1`, folder: 'one', stage: 'draw' as const, fraction: 0.46, beatAt: Date.now() }
      await door.live.beat(visitId, { ...beat, preview })
      return path
    },
    report: async (name, health) => {
      const { status } = await fetch(`${url}/api/kiosks/kiosk-${name}/health`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${kiosks[name].token}` },
        body: JSON.stringify(health),
      })
      if (status !== 200) throw new Error(`the report of kiosk-${name} was answered with ${status}`)
    },
    finding: (name, trouble) => kiosks[name].kiosk.ask('kiosk:report', { trouble }),
    operatorToken: () => door.tokens.issue(EVENT_ID, 'operator', 'operator-1'),
    close: () => {
      clearInterval(beating)
      for (const one of Object.values(kiosks)) one.kiosk.close()
      node.close()
    },
  }
}
