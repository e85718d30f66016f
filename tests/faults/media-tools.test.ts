/** Media programs that hang or crash on one node and not on another. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { eventKey } from '../../orchestrator/src/queue/keys.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import type { Fleet } from '../support/fleet.ts'
import { sendVisitor } from '../support/visitor.ts'
import { without } from '../support/without.ts'
import { defineFault, NotStruck, until } from './fault.ts'
import { allReady } from './invariant.ts'

/** A node whose ffprobe is this script; it looks at its film with it before it hands it over. */
const startNode = async (fleet: Fleet, nodeId: string, script?: string): Promise<string> => {
  const folder = join(fleet.folder, 'programs', nodeId)
  const program = join(folder, 'ffprobe')
  await mkdir(folder, { recursive: true })
  if (script) await writeFile(program, `#!/bin/sh\n${script}\n`)
  if (script) await chmod(program, 0o755)
  await fleet.startNodes([nodeId], { env: { FANREEL_STUB_PROBES: 'yes', ...(script && { FANREEL_FFPROBE: program }) } })
  return program
}
/** Processes of this program, its walls among them. */
const running = async (program: string): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_, at) => lines[at]?.includes(program))
}
/** Longer than any look at a file may take. It ends by itself, wherever it is left. */
const HANGS = 'sleep 120'
const CRASHES = 'kill -SEGV $$'

defineFault({
  name: 'A media program hangs on one node and crashes on the next',
  injected:
    'an ffprobe that never ends on the node which takes the film first, one that dies of a signal on the second, then a third node',
  invariant:
    'the one that hangs is killed in time, walls and all; both are attempts that strike no node (N13), and the third makes the film',
  recovery: 'from the moment the first hangs until the film',
  boundMs: 90_000,
  guard: {
    name: 'the kill of a program that takes too long',
    off: {
      // With the limit of a look at a file shortened, so that it would have come by then.
      gpuNodeArgs: [
        ...without('/media/child.ts', 'timedOut = true\n    kill()', 'timedOut = true'),
        ...without('/media/limits.ts', 'PROBE_MS: 30_000', 'PROBE_MS: 3_000'),
      ],
    },
  },
  fullOnly: true,
  strike: async (fleet, boundMs) => {
    const hanging = await startNode(fleet, 'node-a', HANGS)
    const kiosk = await fleet.kiosk('kiosk-1')
    const { visitId } = await sendVisitor(kiosk, { kioskId: 'kiosk-1', url: fleet.url }, { clip: madeClip(), packId: 'tiny' })
    await until(async () => (await running(hanging)).length > 0, { withinMs: 30_000, what: 'a program that hangs' }).catch(() => {
      throw new NotStruck('nothing hung')
    })
    const since = performance.now()
    await startNode(fleet, 'node-b', CRASHES)
    const failures = async () => [...(await fleet.logs()).matchAll(/"message":"(timed-out|killed): [^\n]*"msg":"render failed"/g)]
    await until(async () => (await failures()).length === 2, { withinMs: boundMs, what: 'two attempts that failed' })
    if ((await running(hanging)).length > 0) throw new Error('what hung is there yet')
    await startNode(fleet, 'node-c')
    const recoveryMs = await until(async () => (await fleet.store.get(visitId))?.state === 'ready', {
      withinMs: boundMs,
      what: 'the film',
      since,
    })
    const strikes = ['node-a', 'node-b'].map((nodeId) => eventKey(fleet.eventId, 'node-strikes', nodeId))
    if ((await fleet.redis.call((client) => client.exists(strikes))) > 0) throw new Error('it is held against a node')
    const kinds = (await failures()).map(([, kind]) => kind)
    return {
      recoveryMs,
      proof: `the first two attempts ended with a program that was ${kinds.join(' and one that was ')}`,
      ends: allReady([visitId]),
    }
  },
})
