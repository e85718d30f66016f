/** Pickup pages in the worst moment: asked to delete while the film arrives, opened while Redis is away. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { madeClip } from '../support/fake-kiosk.ts'
import { createFakeNode } from '../support/fake-node.ts'
import { filesUnder } from '../support/files-under.ts'
import { posterOf, shotListOf } from '../support/made-reel.ts'
import { sendVisitor } from '../support/visitor.ts'
import { without } from '../support/without.ts'
import { defineFault, NotStruck, until } from './fault.ts'
import { allReady, type Ends } from './invariant.ts'

const RACES = 24
/** By how much more each deletion comes earlier or later than the result, in milliseconds. */
const STEP_MS = 2
/** Longer than a sweep takes its time, so that each has looked at what is left. */
const SWEPT_MS = 8_000

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

defineFault({
  name: 'Visits are deleted at the very moment their films arrive',
  injected: `${RACES} visits deleted on their pages by way of one orchestrator while their results come to another, from ${(RACES / 2) * STEP_MS} ms before to as much after; then both orchestrators are restarted`,
  invariant: 'whoever was faster, each visit ends deleted, nothing of it lies on the disk, and it never comes back (E2, E3)',
  recovery: 'from the last deletion until nothing is left',
  boundMs: 10_000,
  fleet: { orchestrators: 2 },
  guard: {
    name: 'that a visit is written only over what was read of it',
    off: { nodeArgs: without('/visits/visit-store.ts', "if redis.call('GET', KEYS[1]) ~= ARGV[2] then return 0 end") },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const [here = '', there = ''] = [...fleet.orchestrators.keys()].map((port) => `http://127.0.0.1:${port}`)
    const reel = await readFile(join(fleet.folder, 'reel.mp4'))
    const { eventId } = fleet
    const node = await createFakeNode({ url: here, eventId, nodeId: 'node-a', token: await fleet.token('node', 'node-a') })
    const visits: string[] = []
    let accepted = 0
    let late = 0
    try {
      await node.hello()
      const kiosk = await fleet.kiosk('kiosk-1')
      for (let count = 0; count < RACES; count++) {
        await node.ready()
        const visitor = await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: there }, { clip: madeClip(), packId: 'tiny' })
        visits.push(visitor.visitId)
        const offer = await node.nextOffer()
        await node.beat(offer)
        await node.put(offer, 'poster', posterOf())
        await node.put(offer, 'shot-list', shotListOf())
        const { sha256, bytes } = (await node.put(offer, 'reel', reel)) as { sha256: string; bytes: number }
        const remove = () => fetch(`${visitor.pickupUrl}/delete`, { method: 'POST', redirect: 'manual' })
        const lead = (count - RACES / 2) * STEP_MS
        // The first and the last are certain: one after the other.
        const deleting = count === RACES - 1 ? undefined : after(Math.max(0, lead)).then(remove)
        if (count === 0) await deleting
        const answer = await after(Math.max(0, -lead)).then(() => node.sendResult(offer, { sha256, bytes }))
        if (answer.ok) accepted++
        else late++
        const { status } = await (deleting ?? remove())
        if (status !== 303 && status !== 503) throw new Error(`a deletion was answered with ${status}`)
        // 503 says that not all is gone yet: whoever reads it asks again.
        const gone = async () => status === 303 || (await remove()).status === 303
        await until(gone, { withinMs: boundMs, what: 'a deletion that is done' })
      }
      const since = performance.now()
      if (accepted === 0 || late === 0) throw new NotStruck(`${accepted} films were accepted, ${late} came too late`)
      const statesNow = async () => (await fleet.store.getMany(visits)).map(({ state }) => state)
      const left = async () => {
        const files = await filesUnder(join(fleet.mediaRoot, 'objects', eventId, 'visits')).catch(() => [])
        const undone = (await statesNow()).filter((state) => state !== 'deleted')
        return [...files, ...undone]
      }
      const recoveryMs = await until(async () => (await left()).length === 0, {
        withinMs: boundMs,
        what: 'the end of all',
        since,
      })
      for (const orchestrator of [...fleet.orchestrators.values()]) {
        await orchestrator.stop()
        await fleet.startOrchestrator()
      }
      const restartedAt = performance.now()
      await until(() => performance.now() - restartedAt > SWEPT_MS, { withinMs: 2 * SWEPT_MS, what: 'a sweep' })
      const back = await left()
      if (back.length > 0) throw new Error(`there again: ${back}`)
      const ends: Ends = new Map(visits.map((visitId) => [visitId, ['deleted']]))
      return { recoveryMs, proof: `${accepted} films were accepted before, ${late} came too late`, ends }
    } finally {
      node.close()
    }
  },
})

const AWAY_MS = 8_000
/** Longer than a call to Redis may take, twice. */
const TOLD_WITHIN_MS = 5_000
const WORDS = "if (!(error instanceof AppError) || error.code === 'internal') throw error\n        return await nobody"

/** What an open page is told, as its browser hears it: it listens on when the stream has broken. */
const listen = (url: string, signal: AbortSignal) => {
  const kinds: string[] = []
  const hear = async (): Promise<void> => {
    const answer = await fetch(`${url}/events`, { signal })
    let text = ''
    for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('data: {')) kinds.push(JSON.parse(line.slice(6)).kind)
    }
  }
  const goOn = async (): Promise<void> => {
    await hear().catch(() => undefined)
    if (!signal.aborted) await goOn()
  }
  void goOn()
  return kinds
}

defineFault({
  name: 'A pickup page is opened while Redis is away',
  injected: `SIGKILL to Redis for ${AWAY_MS / 1_000} seconds while a film is made, with one page open on it and others asked for`,
  invariant: `each is answered in time: a page in words with 503 and when to come again (P11); the open page hears of the film by itself`,
  recovery: 'from the moment Redis answers again until the open page hears that the film is ready',
  boundMs: 15_000,
  guard: {
    name: 'a page of its own for Redis being away',
    off: { nodeArgs: without('/pickup/pickup-desk.ts', WORDS, 'throw error\n        return await nobody') },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    await fleet.startNodes(['node-a'], { makeMs: 5_000 })
    const kiosk = await fleet.kiosk('kiosk-1')
    const visitor = await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
    await visitor.until((view) => view.state === 'rendering' && view.stage === 'draw')
    const closed = new AbortController()
    try {
      const told = listen(visitor.pickupUrl, closed.signal)
      await until(() => told.includes('rendering'), { withinMs: 10_000, what: 'a page that is open' })
      await fleet.server.kill()
      const goneAt = performance.now()
      let asked = 0
      const isOver = async () => {
        const page = await fetch(visitor.pickupUrl, {
          signal: AbortSignal.timeout(TOLD_WITHIN_MS),
          headers: { accept: 'text/html' },
        })
        const text = await page.text()
        if (page.status === 200) throw new NotStruck('the page stood all the same')
        const words = page.headers.get('content-type')?.startsWith('text/html') && text.includes('data-kind="unavailable"')
        if (page.status !== 503 || !page.headers.has('retry-after') || !words)
          throw new Error(`the page was answered with ${page.status}: ${text.slice(0, 200)}`)
        asked++
        return performance.now() - goneAt > AWAY_MS
      }
      await until(isOver, { withinMs: 3 * AWAY_MS, what: 'the outage' })
      if (told.includes('ready')) throw new NotStruck('the film was there already')
      await fleet.server.restart()
      const since = performance.now()
      const recoveryMs = await until(() => told.includes('ready'), { withinMs: boundMs, what: 'news of the film', since })
      return { recoveryMs, proof: `${asked} pages said meanwhile that they are not`, ends: allReady([visitor.visitId]) }
    } finally {
      closed.abort()
    }
  },
})
