/** Clips whose way is cut, and a disk that is full when they come. */
import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { CHUNK_BYTES } from '@fanreel/protocol'
import { madeClip } from '../support/fake-kiosk.ts'
import { mayMount } from '../support/small-disk.ts'
import { sendVisitor } from '../support/visitor.ts'
import { defineFault, NotStruck, until } from './fault.ts'
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
