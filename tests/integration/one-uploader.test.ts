/**
 * One uploader for the kiosk, the demo and the load runs: what each of them leaves at the server is the same, field by field,
 * so that what is shown and measured with one holds for the others.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectUploader, newVisitKeys, type Uploader } from '@fanreel/kiosk-ui/uploader'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ClipVault, HeldVisit } from '../../kiosk-ui/lib/outbox/held-visit.ts'
import { createOutbox } from '../../kiosk-ui/lib/outbox/outbox.ts'
import { DemoFault } from '../../ops/demo/fault.ts'
import { EVENT_ID, type Installation } from '../../ops/demo/installation.ts'
import { PEERS } from '../../ops/demo/tokens.ts'
import { playVisitor } from '../../ops/demo/visitor.ts'
import { createSealer } from '../../orchestrator/src/access/sealer.ts'
import { consentAt, EVENT_KEY, type FrontDoor, startFrontDoor } from '../../orchestrator/src/http/front-door.fixture.ts'
import { createVisitSheets } from '../../orchestrator/src/privacy/visit-sheet.ts'
import { createUploadRecords, type UploadRecord } from '../../orchestrator/src/uploads/upload-records.ts'
import type { Visit } from '../../orchestrator/src/visits/visit.ts'
import { beginVisit, sendClip } from '../load/virtual-visit.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import { FLEET_PACK } from '../support/fleet-pack.ts'

/** More than one piece, and none of them whole at the end. */
const CLIP = new Uint8Array(madeClip(600_000))

let door: FrontDoor
let clipFile: string
beforeAll(async () => {
  door = await startFrontDoor({ env: { FANREEL_EVENT_ID: EVENT_ID } })
  clipFile = join(door.root, '..', 'clip.mp4')
  await writeFile(clipFile, CLIP)
})
afterAll(async () => {
  await endDemos()
  await door?.stop()
})

const connect = async (kioskId: string): Promise<Uploader> =>
  connectUploader({
    url: door.origin,
    eventId: EVENT_ID,
    kioskId,
    token: await door.tokens.issue(EVENT_ID, 'kiosk', kioskId),
    version: 'test',
  })

/** Demo visitors that wait for a node, of which there is none. */
const waiting = new Map<string, Promise<unknown>>()
const endDemos = async () => {
  const kiosk = await connect(PEERS.visitor.id)
  for (const visitId of waiting.keys()) await kiosk.cancel(visitId)
  kiosk.close()
  await Promise.all(waiting.values())
}

/** `npm run demo`'s visitor. Resolves when the clip is with the orchestrator. */
const byDemo = async (firstName?: string): Promise<string> => {
  const visitor = await door.tokens.issue(EVENT_ID, 'kiosk', PEERS.visitor.id)
  const installation = { origin: door.origin, tokens: { visitor } } as Installation
  return new Promise((resolve, reject) => {
    const playing = playVisitor(
      installation,
      { clip: clipFile, packId: FLEET_PACK, firstName, out: () => join(door.root, '..', 'film.mp4') },
      {
        onPickup: () => Promise.resolve(),
        onSent: () => undefined,
        onView: ({ visitId, state }) => {
          if (state !== 'queued' || waiting.has(visitId)) return
          waiting.set(
            visitId,
            // What was cancelled comes to nothing, and the demo says so.
            playing.catch((error: unknown) => expect(error).toBeInstanceOf(DemoFault)),
          )
          resolve(visitId)
        },
      },
    )
    playing.catch(reject)
  })
}

const byLoad = async (): Promise<string> => {
  const kiosk = await connect('kiosk-load')
  try {
    const keys = newVisitKeys()
    await beginVisit(kiosk, 'kiosk-load', keys)
    await sendClip(kiosk, keys.visitId, CLIP)
    return keys.visitId
  } finally {
    kiosk.close()
  }
}

/** A kiosk's outbox, over a disk that is a variable. */
const byKiosk = async (firstName?: string): Promise<string> => {
  const kiosk = await connect('kiosk-1')
  const rows = new Map<string, HeldVisit>()
  const disk: Pick<ClipVault, 'hold' | 'held' | 'letGo' | 'read'> = {
    hold: async (held) => void rows.set(held.visit.visitId, held),
    held: async () => [...rows.values()],
    letGo: async (visitId) => void rows.delete(visitId),
    read: async () => CLIP,
  }
  const outbox = createOutbox({ vault: disk as ClipVault, uploader: () => kiosk, onNews: () => undefined })
  const leaving = new AbortController()
  const running = outbox.run(leaving.signal)
  try {
    const keys = newVisitKeys()
    const visit = { ...keys, packId: FLEET_PACK, language: 'en' as const, consent: consentAt('kiosk-1') }
    await outbox.put({ visit: { ...visit, ...(firstName && { firstName }) }, takeId: 'take', mime: 'video/mp4' })
    await vi.waitFor(() => expect(rows.get(keys.visitId)?.sent).toBe(true), { timeout: 20_000 })
    return keys.visitId
  } finally {
    leaving.abort()
    await running
    kiosk.close()
  }
}

/** What is each visit's own: ids, times, what was made of a token, and the hash of the words that this visitor agreed to. */
const OWN: Readonly<Record<string, string>> = {
  ...{ visitId: 'id', renderId: 'id', uploadId: 'id', kioskId: 'id', owner: 'id' },
  ...{ at: 'time', createdAt: 'time', changedAt: 'time', expiresAt: 'time', agreedAt: 'time', queuedAt: 'time' },
  ...{ pickupHash: 'hash', textSha256: 'hash', sealedToken: 'sealed', sealedName: 'sealed' },
}
const withoutOwn = (record: unknown, visitId: string): unknown =>
  JSON.parse(JSON.stringify(record).replaceAll(visitId, 'VISIT'), (name, value: unknown) => OWN[name] ?? value)

const stored = async (visitId: string): Promise<{ visit: Visit; upload: UploadRecord; sheet: Visit }> => {
  const sheets = createVisitSheets({ media: door.media, sealer: createSealer({ eventKey: EVENT_KEY }) })
  const visit = await door.store.get(visitId)
  const upload = await createUploadRecords({ redis: door.redis, eventId: EVENT_ID }).get(visitId)
  if (!visit || !upload) throw new Error('nothing is stored')
  return { visit, upload, sheet: await sheets.read(EVENT_ID, visitId) }
}
const records = async (visitId: string) => withoutOwn(await stored(visitId), visitId)

describe('one uploader', () => {
  it('kiosk, demo and load leave the same visit, the same upload and the same sheet', async () => {
    const [demo, load, kiosk] = [await records(await byDemo()), await records(await byLoad()), await records(await byKiosk())]
    // Not equal for being empty.
    expect(kiosk).toMatchObject({
      visit: {
        state: 'queued',
        packId: FLEET_PACK,
        clip: { bytes: CLIP.length, mime: 'video/mp4' },
        consent: { purposes: ['make-film'] },
      },
      upload: { bytes: CLIP.length, done: true },
      sheet: { clip: { bytes: CLIP.length } },
    })
    expect(demo).toEqual(kiosk)
    expect(load).toEqual(kiosk)
  })
  it('a first name is kept alike, and nowhere in the open', async () => {
    const [demo, kiosk] = [await byDemo('Zoë'), await byKiosk('Zoë')]
    expect(await records(demo)).toEqual(await records(kiosk))
    const { visit } = await stored(kiosk)
    expect(visit.sealedName).toBeDefined()
    expect(JSON.stringify(await stored(kiosk))).not.toContain('Zoë')
  })
})
