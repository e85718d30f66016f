/** The outbox by its vault and its uploader alone: nothing is lost, nothing is kept too long, and nothing hangs. */
import { randomUUID } from 'node:crypto'
import { type Code, refuse, type VisitId, type VisitView } from '@fanreel/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KioskRefusal, newVisitKeys, type Uploader } from '../uploader/index.ts'
import type { ClipVault, HeldVisit } from './held-visit.ts'
import { createOutbox, type Outbox, type Outgoing } from './outbox.ts'

const DAY_MS = 24 * 3_600_000
const consent = {
  textSha256: 'a'.repeat(64),
  language: 'en',
  agreedAt: 1,
  kioskId: 'kiosk-1',
  purposes: ['make-film'],
  ofAgeOrGuardian: true,
} satisfies HeldVisit['visit']['consent']

/** A vault in memory: what outlives a page is its two maps. */
const createVault = () => {
  const rows = new Map<VisitId, HeldVisit>()
  const takes = new Map<string, Uint8Array<ArrayBuffer>>()
  let fault: Error | undefined
  const vault: Pick<ClipVault, 'hold' | 'held' | 'letGo' | 'read'> = {
    hold: (held) => {
      if (fault) return Promise.reject(fault)
      rows.set(held.visit.visitId, held)
      return Promise.resolve()
    },
    held: () => (fault ? Promise.reject(fault) : Promise.resolve([...rows.values()])),
    letGo: (visitId) => {
      takes.delete(rows.get(visitId)?.takeId ?? '')
      rows.delete(visitId)
      return Promise.resolve()
    },
    read: (takeId) => Promise.resolve(takes.get(takeId) ?? new Uint8Array()),
  }
  const breakWith = (error: Error | undefined) => {
    fault = error
  }
  return { vault: vault as ClipVault, rows, takes, breakWith }
}

/** What of the orchestrator an outbox sees. Each answer can be another. */
const createCentre = () => {
  const views = new Map<VisitId, VisitView>()
  const watchers = new Map<VisitId, (view: VisitView) => void>()
  const said: string[] = []
  const tell = (visitId: VisitId, change: Partial<VisitView>): VisitView => {
    const before = views.get(visitId)
    const rest = { eventId: 'practice', packId: 'figure-skating', language: 'en', kioskId: 'kiosk-1', changedAt: 1 } as const
    const view: VisitView = { visitId, state: 'recorded', ...rest, ...before, ...change, seq: (before?.seq ?? 0) + 1 }
    views.set(visitId, view)
    watchers.get(visitId)?.(view)
    return view
  }
  const accept = (visitId: VisitId): Promise<VisitView> => Promise.resolve(tell(visitId, { state: 'queued' }))
  const centre = {
    accept,
    views,
    watchers,
    said,
    tell,
    /** Forgets the visit that is watched, as a Redis does that was set back, and says so. */
    forget: (): void => undefined,
    connection: { state: 'online' } as Uploader['connection'],
    onSend: (visitId: VisitId, _signal: AbortSignal | undefined) => accept(visitId),
  }
  const uploader = {
    get connection() {
      return centre.connection
    },
    start: ({ visitId }: { visitId: VisitId }) => {
      said.push(`start ${visitId}`)
      return Promise.resolve(views.get(visitId) ?? tell(visitId, {}))
    },
    retake: (visitId: VisitId) => {
      said.push(`retake ${visitId}`)
      return Promise.resolve(tell(visitId, { state: 'recorded' }))
    },
    cancel: (visitId: VisitId) => {
      said.push(`cancel ${visitId}`)
      return Promise.resolve(tell(visitId, { state: 'cancelled' }))
    },
    send: ({ visitId, source, signal }: { visitId: VisitId; source: Uint8Array; signal?: AbortSignal }) => {
      said.push(`send ${visitId} ${source.length}`)
      return centre.onSend(visitId, signal)
    },
    watch: (visitId: VisitId, listener: (view: VisitView) => void, onUnknown: () => void) => {
      watchers.set(visitId, listener)
      centre.forget = () => {
        views.delete(visitId)
        onUnknown()
      }
      return () => void watchers.delete(visitId)
    },
    refresh: (visitId: VisitId) => void said.push(`refresh ${visitId}`),
  } as unknown as Uploader
  return { centre, uploader }
}

let disk: ReturnType<typeof createVault>
let wire: ReturnType<typeof createCentre>
let now: number
let news: Outgoing[]
let waiting: number[]
let page: AbortController
let running: Promise<void>

const openPage = (): Outbox => {
  page = new AbortController()
  const outbox = createOutbox({
    vault: disk.vault,
    uploader: () => wire.uploader,
    onNews: (one) => news.push(one),
    onWaiting: (clips) => waiting.push(clips),
    now: () => now,
    restMs: () => 5,
  })
  running = outbox.run(page.signal)
  return outbox
}
const closePage = async () => {
  page.abort()
  await running
}
const recorded = (bytes = 7, visitId: VisitId = newVisitKeys().visitId) => {
  const takeId = randomUUID()
  disk.takes.set(takeId, new Uint8Array(bytes))
  const { pickupToken } = newVisitKeys()
  const visit = { visitId, pickupToken, packId: 'figure-skating', language: 'en', consent } as const
  return { visit, takeId, mime: 'video/mp4' } as const
}
const last = (visitId: VisitId) => news.findLast((one) => one.visitId === visitId)
const held = (visitId: VisitId) => disk.rows.get(visitId)
const refusing = (code: Code) => () => Promise.reject(new KioskRefusal(refuse(code)))

beforeEach(() => {
  disk = createVault()
  wire = createCentre()
  now = 1_000
  news = []
  waiting = []
})
afterEach(closePage)

describe('the outbox', () => {
  it('sends what was put, keeps it until the film is begun, and lets go of it then', async () => {
    const clip = recorded(7)
    const { visitId } = clip.visit
    const outbox = openPage()
    await outbox.put(clip)
    await vi.waitFor(() => expect(held(visitId)?.sent).toBe(true))
    expect(wire.centre.said).toEqual([`start ${visitId}`, `send ${visitId} 7`])
    expect(last(visitId)).toEqual({ visitId, phase: 'sent', fraction: 1 })
    expect(await outbox.holding()).toEqual([visitId])
    wire.centre.tell(visitId, { state: 'rendering' })
    await vi.waitFor(() => expect(disk.rows.size + disk.takes.size).toBe(0))
    expect(wire.centre.watchers.size).toBe(0)
  })

  it('sends after a reload what was on its way, and only follows what had arrived', async () => {
    const [half, whole] = [recorded(3), recorded(4)]
    disk.rows.set(half.visit.visitId, { ...half, heldSince: 900, sent: false })
    disk.rows.set(whole.visit.visitId, { ...whole, heldSince: 800, sent: true })
    wire.centre.tell(whole.visit.visitId, { state: 'queued' })
    openPage()
    await vi.waitFor(() => expect(held(half.visit.visitId)?.sent).toBe(true))
    expect(wire.centre.said.filter((line) => line.includes(whole.visit.visitId))).toEqual([])
    wire.centre.tell(whole.visit.visitId, { state: 'ready' })
    await vi.waitFor(() => expect(held(whole.visit.visitId)).toBeUndefined())
  })

  it('counts what waits here, and no longer what has left', async () => {
    const clip = recorded()
    let arrive: () => void = () => undefined
    wire.centre.onSend = (visitId) => new Promise<void>((resolve) => (arrive = resolve)).then(() => wire.centre.accept(visitId))
    await openPage().put(clip)
    await vi.waitFor(() => expect(waiting.at(-1)).toBe(1))
    await vi.waitFor(() => expect(wire.centre.said).toHaveLength(2))
    arrive()
    await vi.waitFor(() => expect(waiting.at(-1)).toBe(0))
    expect(held(clip.visit.visitId)?.sent).toBe(true)
  })

  it('sends again by itself what was lost on the way after all', async () => {
    const clip = recorded()
    const { visitId } = clip.visit
    await openPage().put(clip)
    await vi.waitFor(() => expect(held(visitId)?.sent).toBe(true))
    wire.centre.tell(visitId, { state: 'failed', code: 'upload-gone' })
    await vi.waitFor(() => expect(wire.centre.said).toContain(`retake ${visitId}`))
    await vi.waitFor(() => expect(held(visitId)?.sent).toBe(true))
    expect(wire.centre.said.filter((line) => line.startsWith('send'))).toHaveLength(2)
  })

  it('U15: sends again what the orchestrator has forgotten, or knows as not yet sent: a power cut took its last second', async () => {
    const clip = recorded()
    const { visitId } = clip.visit
    const sends = () => wire.centre.said.filter((line) => line.startsWith('send')).length
    await openPage().put(clip)
    await vi.waitFor(() => expect(held(visitId)?.sent).toBe(true))
    wire.centre.forget()
    await vi.waitFor(() => expect(sends()).toBe(2))
    await vi.waitFor(() => expect(held(visitId)?.sent).toBe(true))
    wire.centre.tell(visitId, { state: 'uploading' })
    await vi.waitFor(() => expect(sends()).toBe(3))
    await vi.waitFor(() => expect(held(visitId)?.sent).toBe(true))
    wire.centre.tell(visitId, { state: 'rendering' })
    await vi.waitFor(() => expect(held(visitId)).toBeUndefined())
  })

  it('asks now and then for what was sent: a line that stands says nothing of a memory that was set back', async () => {
    const clip = recorded()
    const outbox = openPage()
    await outbox.put(clip)
    await vi.waitFor(() => expect(held(clip.visit.visitId)?.sent).toBe(true))
    outbox.wake()
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(3))
    expect(wire.centre.said).not.toContain(`refresh ${clip.visit.visitId}`)
    now += 20_000
    outbox.wake()
    await vi.waitFor(() => expect(wire.centre.said).toContain(`refresh ${clip.visit.visitId}`))
  })

  it('stops in mid-send when told to let go, and keeps nothing', async () => {
    const clip = recorded()
    const { visitId } = clip.visit
    let stopped = false
    wire.centre.onSend = (_, signal) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => {
          stopped = true
          reject(signal.reason)
        }),
      )
    const outbox = openPage()
    await outbox.put(clip)
    await vi.waitFor(() => expect(wire.centre.said).toHaveLength(2))
    await outbox.release([visitId])
    expect(stopped).toBe(true)
    expect(disk.rows.size + disk.takes.size).toBe(0)
    expect(last(visitId)?.phase).not.toBe('stuck')
  })

  it('takes a new recording of the same visit in place of the one before', async () => {
    const first = recorded(3)
    const { visitId } = first.visit
    wire.centre.onSend = refusing('consent-missing')
    const outbox = openPage()
    await outbox.put(first)
    await vi.waitFor(() => expect(last(visitId)?.phase).toBe('stuck'))
    wire.centre.tell(visitId, { state: 'failed', code: 'clip-too-dark' })
    wire.centre.onSend = wire.centre.accept
    await outbox.put(recorded(9, visitId))
    expect(disk.takes.has(first.takeId)).toBe(false)
    await vi.waitFor(() => expect(held(visitId)?.sent).toBe(true))
    expect(wire.centre.said.slice(-3)).toEqual([`start ${visitId}`, `retake ${visitId}`, `send ${visitId} 9`])
  })

  it('drops what nobody took for three days', async () => {
    const [old, young] = [recorded(), recorded()]
    now = 10 * DAY_MS
    disk.rows.set(old.visit.visitId, { ...old, heldSince: now - 3 * DAY_MS - 1, sent: false })
    disk.rows.set(young.visit.visitId, { ...young, heldSince: now - 3 * DAY_MS + 1, sent: true })
    openPage()
    await vi.waitFor(() => expect(held(old.visit.visitId)).toBeUndefined())
    expect(held(young.visit.visitId)).toBeDefined()
    expect(wire.centre.said).toEqual([])
  })
})

describe('what is stuck', () => {
  it.each([
    ['a refusal', new KioskRefusal(refuse('pack-unknown')), 'pack-unknown'],
    ['a fault of this kiosk', new Error('the disk coughed'), 'internal'],
  ])('is named after %s, and tried again after a rest', async (_, fault, code) => {
    const clip = recorded()
    const { visitId } = clip.visit
    let fails = 3
    wire.centre.onSend = () => (fails-- > 0 ? Promise.reject(fault) : wire.centre.accept(visitId))
    await openPage().put(clip)
    await vi.waitFor(() => expect(last(visitId)).toEqual({ visitId, phase: 'stuck', fraction: 0, code }))
    for (let elapsed = 0; elapsed < 3; elapsed++) {
      const sends = wire.centre.said.length
      now += 5
      await vi.waitFor(() => expect(wire.centre.said.length).toBe(sends + 2))
    }
    await vi.waitFor(() => expect(held(visitId)?.sent).toBe(true))
    expect(last(visitId)?.phase).toBe('sent')
  })

  it('lets the others pass meanwhile', async () => {
    const [bad, good] = [recorded(1), recorded(2)]
    wire.centre.onSend = (visitId) =>
      visitId === bad.visit.visitId ? Promise.reject(new Error('never')) : wire.centre.accept(visitId)
    const outbox = openPage()
    await outbox.put(bad)
    await outbox.put(good)
    await vi.waitFor(() => expect(held(good.visit.visitId)?.sent).toBe(true))
    expect(last(bad.visit.visitId)?.phase).toBe('stuck')
  })

  it('keeps no clip that was itself refused', async () => {
    const clip = recorded()
    wire.centre.onSend = refusing('clip-too-large')
    await openPage().put(clip)
    await vi.waitFor(() => expect(last(clip.visit.visitId)).toMatchObject({ phase: 'stuck', code: 'clip-too-large' }))
    await vi.waitFor(() => expect(disk.rows.size + disk.takes.size).toBe(0))
  })

  it('calls off a film whose recording is gone, and says so to whoever still stands here', async () => {
    const clip = recorded(0)
    const { visitId } = clip.visit
    await openPage().put(clip)
    await vi.waitFor(() => expect(last(visitId)).toEqual({ visitId, phase: 'stuck', fraction: 0, code: 'upload-gone' }))
    await vi.waitFor(() => expect(disk.rows.size).toBe(0))
    expect(wire.centre.said).toEqual([`start ${visitId}`, `cancel ${visitId}`])
  })

  it('calls off no film whose clip had arrived before this kiosk heard of it', async () => {
    const clip = recorded(0)
    const { visitId } = clip.visit
    wire.centre.tell(visitId, { state: 'queued' })
    await openPage().put(clip)
    await vi.waitFor(() => expect(disk.rows.size).toBe(0))
    expect(wire.centre.said).toEqual([`start ${visitId}`])
    expect(last(visitId)?.phase).toBe('waiting')
  })

  it('blames no clip while the kiosk itself is turned away', async () => {
    const clip = recorded()
    const fault = new KioskRefusal(refuse('unauthorised'))
    wire.centre.connection = { state: 'refused', refusal: fault }
    wire.centre.onSend = () => Promise.reject(fault)
    const outbox = openPage()
    await outbox.put(clip)
    await vi.waitFor(() => expect(wire.centre.said).toHaveLength(2))
    expect(news.map(({ phase }) => phase)).not.toContain('stuck')
    wire.centre.connection = { state: 'online' } as Uploader['connection']
    wire.centre.onSend = wire.centre.accept
    await vi.waitFor(() => {
      outbox.wake()
      expect(held(clip.visit.visitId)?.sent).toBe(true)
    })
  })

  it('says so when the disk takes nothing, and goes on sending once it does', async () => {
    const [lost, later] = [recorded(), recorded()]
    const outbox = openPage()
    disk.breakWith(new Error('QuotaExceededError'))
    await outbox.put(lost)
    expect(last(lost.visit.visitId)).toMatchObject({ phase: 'stuck', code: 'disk-full' })
    expect(held(lost.visit.visitId)).toBeUndefined()
    disk.breakWith(undefined)
    await outbox.put(later)
    await vi.waitFor(() => expect(held(later.visit.visitId)?.sent).toBe(true))
  })

  it('outlives a disk that fails once while it looks for work', async () => {
    const clip = recorded()
    disk.breakWith(new Error('once'))
    const outbox = openPage()
    await Promise.resolve()
    disk.breakWith(undefined)
    await outbox.put(clip)
    await vi.waitFor(() => expect(held(clip.visit.visitId)?.sent).toBe(true))
  })
})
