/** Clips whose way is cut, and a disk that is full when they come. */
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { KioskRefusal } from '@fanreel/kiosk-ui/uploader'
import { CHUNK_BYTES } from '@fanreel/protocol'
import { afterAll } from 'vitest'
import { madeClip } from '../support/fake-kiosk.ts'
import { startS3Server } from '../support/s3-server.ts'
import { mayMount } from '../support/small-disk.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { sendVisitor, startVisit } from '../support/visitor.ts'
import { without } from '../support/without.ts'
import { defineFault, IS_FULL, NotStruck, until } from './fault.ts'
import { allReady } from './invariant.ts'

const CUTS = 5
const CLIP_BYTES = 12 * CHUNK_BYTES

defineFault({
  name: 'The network is cut while a clip is sent, again and again',
  injected: `a proxy that cuts the kiosk's connection in the middle of every third piece, ${CUTS} times, with two orchestrators behind it in turn`,
  invariant:
    'the clip goes on at the durable offset, at whichever orchestrator: of each cut only what was on its way is sent twice',
  recovery: 'from the last cut until the clip is committed',
  boundMs: 10_000,
  fleet: { orchestrators: 2 },
  guard: { name: 'the life of a staged upload', off: { env: { FANREEL_UPLOAD_LIFETIME_MS: '1' } } },
  strike: async (fleet, boundMs) => {
    await fleet.startNodes(['node-a'])
    const line = await fleet.line()
    const kiosk = await fleet.kiosk('kiosk-1', line)
    const before = line.sentBytes
    line.cutAfter(2.5 * CHUNK_BYTES)
    const sent = sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(CLIP_BYTES), packId: 'tiny' })
    sent.catch(() => undefined)
    await until(() => line.cuts >= CUTS, { withinMs: 60_000, what: `${CUTS} cuts` })
    line.cutAfter(undefined)
    const since = performance.now()
    const done = await Promise.race([sent, new Promise<undefined>((resolve) => setTimeout(resolve, boundMs, undefined))])
    if (!done) throw new Error(`not within ${boundMs} ms: the clip`)
    const recoveryMs = Math.round(performance.now() - since)
    const twice = line.sentBytes - before - CLIP_BYTES
    const onItsWay = 2 * CHUNK_BYTES + 20_000
    if (twice > (line.cuts + 1) * onItsWay) throw new Error(`${twice} bytes were sent twice`)
    return {
      recoveryMs,
      proof: `${line.cuts} cuts; ${Math.round(twice / 1024)} KiB sent twice of ${CLIP_BYTES / 1024}`,
      ends: allReady([done.visitId]),
    }
  },
})

const SILENT_MS = 20_000

defineFault({
  name: 'The kiosk’s network swallows everything while a clip is sent',
  injected: `a proxy between kiosk and orchestrator that lets nothing through and closes nothing, for ${SILENT_MS / 1_000} s, then opened again`,
  invariant: 'the kiosk notices by itself, keeps the clip and goes on at the durable offset, whatever arrives late',
  recovery: 'from the moment something comes through again until the clip is committed',
  boundMs: 20_000,
  fleet: { orchestrators: 2 },
  guard: { name: 'the life of a staged upload', off: { env: { FANREEL_UPLOAD_LIFETIME_MS: '1' } } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    await fleet.startNodes(['node-a'])
    const line = await fleet.line()
    const kiosk = await fleet.kiosk('kiosk-1', line)
    await kiosk.online()
    line.roughen({ delayMs: 5, lossShare: 0, bytesPerSecond: 4 * CHUNK_BYTES, random: () => 1 })
    const before = line.sentBytes
    const sent = sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(CLIP_BYTES), packId: 'tiny' })
    sent.catch(() => undefined)
    await until(() => line.sentBytes - before > 2 * CHUNK_BYTES, { withinMs: 60_000, what: 'a clip on its way' })
    line.blackHole(true)
    let through = false
    void sent.then(
      () => (through = true),
      () => undefined,
    )
    await new Promise((resolve) => setTimeout(resolve, SILENT_MS))
    if (through) throw new NotStruck('the clip was through before')
    line.roughen(undefined)
    line.blackHole(false)
    const since = performance.now()
    const done = await Promise.race([sent, new Promise<undefined>((resolve) => setTimeout(resolve, boundMs, undefined))])
    if (!done) throw new Error(`not within ${boundMs} ms: the clip`)
    const recoveryMs = Math.round(performance.now() - since)
    return { recoveryMs, proof: `nothing of it came through for ${SILENT_MS / 1_000} s`, ends: allReady([done.visitId]) }
  },
})

/** On a line of four pieces a second. */
const MOST_ON_ITS_WAY = 4 * CHUNK_BYTES

defineFault({
  name: 'Two pages of one kiosk send the same clip',
  injected:
    'a second page that begins to send the clip by way of another orchestrator while the first is at it, then the first once more',
  invariant:
    'the newest is the one writer, the other is told `taken-over` (U8); of each change only what was on its way is sent twice; one clip, one film',
  recovery: 'from the last change until the clip is committed',
  boundMs: 20_000,
  fleet: { orchestrators: 2 },
  guard: {
    name: 'that the newest connection alone may write',
    off: { nodeArgs: without('/uploads/uploads.ts', "if (record.owner !== from.connection) return refuse('taken-over')") },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const ports = [...fleet.orchestrators.keys()]
    const lines = await Promise.all(ports.map((port) => startTcpProxy(() => [{ port }])))
    const sentBytes = () => lines.reduce((sum, line) => sum + line.sentBytes, 0)
    try {
      const [first, second] = await Promise.all(lines.map((line) => fleet.kiosk('kiosk-1', line)))
      if (!first || !second) throw new NotStruck('there are no two pages')
      const { visitId } = await startVisit(first, 'kiosk-1', { packId: 'tiny' })
      for (const line of lines) line.roughen({ delayMs: 5, lossShare: 0, bytesPerSecond: 4 * CHUNK_BYTES, random: () => 1 })
      const source = madeClip(CLIP_BYTES)
      /** What a page comes to that sends the clip: the code of its refusal, or the visit's state. */
      const send = (page: typeof first): Promise<string> =>
        page.send({ visitId, source, mime: 'video/mp4' }).then(
          ({ state }) => state,
          (error: unknown) => (error instanceof KioskRefusal ? error.code : Promise.reject(error)),
        )
      const before = sentBytes()
      const sent = (pieces: number) =>
        until(() => sentBytes() - before > pieces * CHUNK_BYTES, { withinMs: 60_000, what: `${pieces} pieces` })
      const ends = [send(first)]
      await sent(2.5)
      ends.push(send(second))
      await sent(6.5)
      ends.push(send(first))
      const since = performance.now()
      const outcomes = await Promise.race([
        Promise.all(ends),
        new Promise<undefined>((resolve) => setTimeout(resolve, boundMs, undefined)),
      ])
      if (!outcomes) throw new Error(`not within ${boundMs} ms: the clip`)
      const recoveryMs = Math.round(performance.now() - since)
      if (outcomes.join() !== 'taken-over,taken-over,queued') throw new Error(`the pages came to ${outcomes}`)
      const twice = sentBytes() - before - CLIP_BYTES
      if (twice > 2 * MOST_ON_ITS_WAY) throw new Error(`${twice} bytes were sent twice`)
      const clip = (await fleet.store.get(visitId))?.clip
      const stored = await readFile(join(fleet.mediaRoot, 'objects', clip?.key ?? ''))
      if (!stored.equals(source)) throw new Error('the clip is not what was sent')
      await fleet.startNodes(['node-a'])
      return {
        recoveryMs,
        proof: `each was told \`taken-over\`; ${Math.round(twice / 1024)} KiB sent twice`,
        ends: allReady([visitId]),
      }
    } finally {
      await Promise.all(lines.map((line) => line.close()))
    }
  },
})

const SMALL_CLIP = 40_000
/** Clips that fit before the floor is reached. */
const ROOM_FOR = 8
const FLOOR_BYTES = 2 * 1024 * 1024

defineFault({
  name: 'The media disk is full',
  injected: 'a media store on a small tmpfs, filled to its floor by clips while no node is there',
  invariant:
    'one clip more is refused with `disk-full` and stays on its kiosk; films of the clips that were taken still find room',
  recovery: 'from the moment there is room again until the refused clip is taken',
  boundMs: 20_000,
  fleet: { diskBytes: 8 * 1024 * 1024, env: { FANREEL_MIN_FREE_BYTES: String(FLOOR_BYTES) } },
  guard: { name: 'the floor of free space', off: { env: { FANREEL_MIN_FREE_BYTES: '0' } } },
  needs: { what: 'the right to mount', have: mayMount },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const free = async () => {
      const disk = await statfs(fleet.mediaRoot)
      return disk.bavail * disk.bsize
    }
    const floor = Number(fleet.env.FANREEL_MIN_FREE_BYTES)
    // Everything but the floor and room for a few clips, each with its sheet.
    const filler = join(fleet.mediaRoot, 'filler')
    await writeFile(filler, Buffer.alloc((await free()) - floor - ROOM_FOR * (SMALL_CLIP + 12_000)))
    const kiosk = await fleet.kiosk('kiosk-1')
    const from = { kioskId: 'kiosk-1', url: fleet.url }
    const visits: string[] = []
    const full = async () =>
      (await fleet.logs()).includes('"code":"disk-full"') || ((await free()) - floor < SMALL_CLIP && visits.length > 0)
    let last: ReturnType<typeof sendVisitor> | undefined
    while (!(await full())) {
      last = sendVisitor(kiosk, from, { clip: madeClip(SMALL_CLIP), packId: 'tiny' })
      visits.push((await last).visitId)
      if (visits.length > 4 * ROOM_FOR) throw new NotStruck('the disk does not fill up')
    }
    const taken = visits.length
    const late = sendVisitor(kiosk, from, { clip: madeClip(SMALL_CLIP), packId: 'tiny' })
    late.catch(() => undefined)
    const refusedAt = performance.now()
    while (performance.now() - refusedAt < 1_500) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      if ((await fleet.store.counts()).queued !== taken) throw new NotStruck('one more clip was taken')
    }
    await fleet.startNodes(['node-a'])
    await until(async () => (await fleet.store.counts()).ready === taken, {
      withinMs: boundMs,
      what: 'every film of a clip that was taken',
    })
    await rm(filler)
    const since = performance.now()
    const done = await Promise.race([late, new Promise<undefined>((resolve) => setTimeout(resolve, boundMs, undefined))])
    if (!done) throw new Error(`not within ${boundMs} ms: the clip that was refused`)
    const recoveryMs = Math.round(performance.now() - since)
    return { recoveryMs, proof: `after ${taken} clips the next one was not taken`, ends: allReady([...visits, done.visitId]) }
  },
})

const bucket = IS_FULL ? await startS3Server() : undefined
afterAll(() => bucket?.stop())
const AWAY_AS_ABSENCE = fileURLToPath(new URL('../support/away-as-absence.mjs', import.meta.url))
/** Longer than a node tries one address, and than a kiosk waits for an answer. */
const BUCKET_AWAY_MS = 20_000

defineFault({
  name: 'The bucket is away while a clip and a film are on their way',
  injected: `a media store on S3 whose server is stopped for ${BUCKET_AWAY_MS / 1000} s, while one film is made and one clip sent, with two orchestrators`,
  invariant:
    'kiosk and node are told `unavailable`, keep what they have and go on by themselves; no attempt is lost, no piece is left in the bucket',
  recovery: 'from the moment the server is back until both films are there',
  boundMs: 30_000,
  fleet: { orchestrators: 2, makeMs: 3_000, ...(bucket && { env: bucket.env }) },
  guard: {
    name: 'telling a store that is away from one that lacks the object',
    off: { nodeArgs: ['--import', AWAY_AS_ABSENCE] },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    if (!bucket) throw new NotStruck('there is no bucket')
    // Where the invariant looks for what is left on a disk.
    for (const folder of ['staging', 'incoming']) await mkdir(join(fleet.mediaRoot, folder))
    await fleet.startNodes(['node-a'])
    const kiosk = await fleet.kiosk('kiosk-1')
    const send = (bytes: number) =>
      sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(bytes), packId: 'tiny' })
    const first = await send(SMALL_CLIP)
    await first.until((view) => view.state === 'rendering')
    const putBefore = bucket.requests('PUT')
    const second = send(CLIP_BYTES)
    second.catch(() => undefined)
    await until(() => bucket.requests('PUT') > putBefore + 2, { withinMs: 20_000, what: 'a clip that is half sent' })
    await bucket.halt()
    const goneAt = performance.now()
    await until(async () => (await fleet.logs()).includes('the media store does not answer'), {
      withinMs: BUCKET_AWAY_MS,
      what: 'a word of it in the log',
    })
    await until(() => performance.now() - goneAt > BUCKET_AWAY_MS, { withinMs: 2 * BUCKET_AWAY_MS, what: 'the outage' })
    if (((await fleet.store.counts()).ready ?? 0) > 0) throw new NotStruck('a film came through all the same')
    await bucket.restart()
    const since = performance.now()
    const { visitId } = await second
    const recoveryMs = await until(async () => (await fleet.store.counts()).ready === 2, {
      withinMs: boundMs,
      what: 'both films',
      since,
    })
    const visits = await fleet.store.getMany([first.visitId, visitId])
    const attempts = visits.flatMap(({ history }) => history.filter(({ state }) => state === 'rendering')).length
    if (attempts !== 2) throw new Error(`${attempts} attempts for two films`)
    await until(async () => (await bucket.keys()).every((key) => !key.startsWith('staging/')), {
      withinMs: boundMs,
      what: 'a bucket without pieces',
    })
    return {
      recoveryMs,
      proof: 'no film while it was away; two attempts for two films',
      ends: allReady([first.visitId, visitId]),
    }
  },
})
