/** Machines that lack something for a while: a disk that may not be written, no file handle left. */
import { execFile } from 'node:child_process'
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventKey } from '../../orchestrator/src/queue/keys.ts'
import { drainedKeyOf } from '../../orchestrator/src/status/node-conduct.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import type { Fleet } from '../support/fleet.ts'
import { mayMount, mountSmallDisk, setReadOnly } from '../support/small-disk.ts'
import { sendVisitor } from '../support/visitor.ts'
import { without } from '../support/without.ts'
import { defineFault, NotStruck, type Struck, until } from './fault.ts'
import { allReady } from './invariant.ts'

const run = promisify(execFile)
const LACK_AS_ABSENCE = fileURLToPath(new URL('../support/lack-as-absence.mjs', import.meta.url))
/** Longer than a film takes and than a kiosk waits before it tries again. */
const LACKING_MS = 8_000
/** Longer than a node goes on with an address that it has. */
const FULL_MS = 45_000
const FULL_AS_ROOM = fileURLToPath(new URL('../support/full-as-room.mjs', import.meta.url))
const MAKE_MS = 3_000
const CLIP_BYTES = 400_000
/** Of a disk that is full: less than a film. */
const LEFT_BYTES = 8_192

/** A film is under way and a clip on its way while the machine lacks something: neither may be given up, nor made twice. */
const whileLacking = async (
  fleet: Fleet,
  boundMs: number,
  lack: (lacking: boolean) => Promise<void>,
  word: string,
  lackingMs = LACKING_MS,
): Promise<Struck> => {
  // Where the invariant looks for what is left.
  for (const folder of ['staging', 'incoming']) await mkdir(join(fleet.mediaRoot, folder), { recursive: true })
  await fleet.startNodes(['node-a'], { makeMs: MAKE_MS })
  const kiosk = await fleet.kiosk('kiosk-1')
  const send = () => sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(CLIP_BYTES), packId: 'tiny' })
  const first = await send()
  await first.until((view) => view.state === 'rendering')
  await lack(true)
  const second = send()
  second.catch(() => undefined)
  const struckAt = performance.now()
  await until(() => performance.now() - struckAt > lackingMs, { withinMs: 2 * lackingMs, what: 'the lack' })
  if (((await fleet.store.counts()).ready ?? 0) > 0) throw new NotStruck('a film came through all the same')
  await lack(false)
  const since = performance.now()
  const done = await Promise.race([second, new Promise<undefined>((resolve) => setTimeout(resolve, boundMs, undefined))])
  if (!done) throw new Error(`not within ${boundMs} ms: the clip`)
  const visits = [first.visitId, done.visitId]
  const recoveryMs = await until(async () => (await fleet.store.counts()).ready === 2, {
    withinMs: boundMs,
    what: 'both films',
    since,
  })
  const attempts = (await fleet.store.getMany(visits)).flatMap(({ history }) =>
    history.filter(({ state }) => state === 'rendering'),
  ).length
  if (attempts !== 2) throw new Error(`${attempts} attempts for two films`)
  return { recoveryMs, proof: `${word}; two attempts for two films`, ends: allReady(visits) }
}

const fill = async (folder: string, leftBytes: number): Promise<string> => {
  const filler = join(folder, 'filler')
  const disk = await statfs(folder)
  await writeFile(filler, Buffer.alloc(disk.bavail * disk.bsize - leftBytes))
  return filler
}

const INVARIANT =
  'kiosk and node are told `unavailable`, keep what they have and go on by themselves; no attempt is counted, no film made twice'

defineFault({
  name: 'The media disk may not be written any more',
  injected: `the media store's disk mounted anew for reading only, for ${LACKING_MS / 1_000} seconds, while a film is made and a clip sent`,
  invariant: INVARIANT,
  recovery: 'from the moment it may be written again until both films are there',
  boundMs: 20_000,
  fleet: { diskBytes: 32 * 1024 * 1024 },
  guard: { name: 'telling what the machine lacks from what is not there', off: { nodeArgs: ['--import', LACK_AS_ABSENCE] } },
  needs: { what: 'the right to mount', have: mayMount },
  fullOnly: true,
  strike: (fleet, boundMs) =>
    whileLacking(fleet, boundMs, async (readOnly) => setReadOnly(fleet.mediaRoot, readOnly), 'no film came through meanwhile'),
})

defineFault({
  name: 'The media disk is full for longer than a node tries',
  injected: `the media store's disk filled to its last blocks for ${FULL_MS / 1_000} seconds, while a film is made and a clip sent`,
  invariant:
    'kiosk and node are told `disk-full`, keep what they have and go on by themselves; no attempt is counted, no film made twice',
  recovery: 'from the moment there is room again until both films are there',
  boundMs: 20_000,
  fleet: { diskBytes: 32 * 1024 * 1024 },
  guard: { name: 'giving no address for writing while there is no room', off: { nodeArgs: ['--import', FULL_AS_ROOM] } },
  needs: { what: 'the right to mount', have: mayMount },
  fullOnly: true,
  strike: (fleet, boundMs) => {
    let filler = ''
    const lack = async (full: boolean) => {
      if (full) filler = await fill(fleet.mediaRoot, LEFT_BYTES)
      else await rm(filler)
    }
    return whileLacking(fleet, boundMs, lack, 'no film came through meanwhile', FULL_MS)
  },
})

defineFault({
  name: 'An orchestrator has no file handle left',
  injected: `its limit of open files set to what it holds just then, for ${LACKING_MS / 1_000} seconds, while a film is made and a clip sent`,
  invariant: INVARIANT,
  recovery: 'from the moment there are handles again until both films are there',
  boundMs: 20_000,
  guard: { name: 'telling what the machine lacks from what is not there', off: { nodeArgs: ['--import', LACK_AS_ABSENCE] } },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const [orchestrator] = fleet.orchestrators.values()
    const pid = orchestrator?.process.pid
    if (pid === undefined) throw new NotStruck('there is no orchestrator')
    const { stdout } = await run('prlimit', ['--pid', String(pid), '--nofile', '--raw', '--noheadings', '--output=SOFT'])
    const usual = stdout.trim()
    const limit = (most: string | number) => run('prlimit', ['--pid', String(pid), `--nofile=${most}:`])
    let held = 0
    const lack = async (lacking: boolean) => {
      if (!lacking) return void (await limit(usual))
      held = (await readdir(`/proc/${pid}/fd`)).length
      await limit(held)
    }
    const struck = await whileLacking(fleet, boundMs, lack, 'no film came through meanwhile')
    return { ...struck, proof: `it held ${held} files and got no more; ${struck.proof}` }
  },
})

/** Longer than a node rests three times: as often as a render is tried. */
const NODE_FULL_MS = 40_000

defineFault({
  name: "A node's own disk fills up in mid-film",
  injected: `the disk of a node's work folder filled to its last block while it draws, for ${NODE_FULL_MS / 1_000} seconds`,
  invariant: 'it gives the render back and rests, each time anew; no attempt is counted, and the node is not drained (N13)',
  recovery: 'from the moment there is room again until the film',
  boundMs: 30_000,
  guard: {
    name: 'telling what a machine lacks for a while from what is wrong with it',
    off: { gpuNodeArgs: without('/media/machine-fault.ts', 'if (LACKS.has(codeOf(error))) return true') },
  },
  needs: { what: 'the right to mount', have: mayMount },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const folder = join(fleet.folder, 'node-disk')
    const disk = mountSmallDisk(folder, 8 * 1024 * 1024)
    try {
      await fleet.startNodes(['node-a'], { makeMs: MAKE_MS, env: { FANREEL_WORK_DIR: folder } })
      const kiosk = await fleet.kiosk('kiosk-1')
      const from = { kioskId: 'kiosk-1', url: fleet.url }
      const visitor = await sendVisitor(kiosk, from, { clip: madeClip(CLIP_BYTES), packId: 'tiny' })
      await visitor.until((view) => view.state === 'rendering' && view.stage === 'draw')
      const filler = await fill(folder, 0)
      const struckAt = performance.now()
      await until(() => performance.now() - struckAt > NODE_FULL_MS, { withinMs: 2 * NODE_FULL_MS, what: 'the lack' })
      if (!(await fleet.logs()).includes('ENOSPC')) throw new NotStruck('its disk had room')
      await rm(filler)
      const since = performance.now()
      const recoveryMs = await until(async () => (await fleet.store.get(visitor.visitId))?.state === 'ready', {
        withinMs: boundMs,
        what: 'the film',
        since,
      })
      const logs = await fleet.logs()
      const attempts = [...logs.matchAll(/"attempt":(\d+),"msg":"render leased"/g)].map(([, attempt]) => Number(attempt))
      if (attempts.some((attempt) => attempt !== 1)) throw new Error(`attempts were counted: ${attempts}`)
      const heldAgainst = [drainedKeyOf(fleet.eventId), eventKey(fleet.eventId, 'node-strikes', 'node-a')]
      if ((await fleet.redis.call((client) => client.exists(heldAgainst))) > 0) throw new Error('it is held against the node')
      const givenBack = logs.split('"end":"given-back"').length - 1
      return { recoveryMs, proof: `it gave the film back ${givenBack} times`, ends: allReady([visitor.visitId]) }
    } finally {
      disk.unmount()
    }
  },
})
