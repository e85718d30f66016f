/**
 * Node processes without an engine, for faults and load: the real link, runner and transfers of the GPU node, and films that
 * were made before. `FANREEL_STUB_NODES` is a JSON list of `{nodeId, token}`, all of them in this one process.
 */
import { readFile } from 'node:fs/promises'
import { pino } from 'pino'
import { z } from 'zod'
import { readEnv } from '../../gpu-node/src/env.ts'
import { ownRoster } from '../../gpu-node/src/own-engines.ts'
import { startRunner } from '../../gpu-node/src/runner.ts'
import type { Models } from '../../gpu-node/src/vision/models/load-models.ts'
import { stubFilm } from './stub-film.ts'

const Stub = z.object({
  FANREEL_STUB_NODES: z.string().transform((json, context) => {
    const found = z.array(z.object({ nodeId: z.string(), token: z.string() })).safeParse(JSON.parse(json))
    if (found.success) return found.data
    context.addIssue('a list of {nodeId, token}')
    return z.NEVER
  }),
  /** A file that every film is a copy of. */
  FANREEL_STUB_REEL: z.string(),
  /** How long a film takes, in milliseconds. */
  FANREEL_STUB_MS: z.coerce.number().int().min(0).default(0),
})

const settings = Stub.parse(process.env)
const render = stubFilm(await readFile(settings.FANREEL_STUB_REEL), settings.FANREEL_STUB_MS)
const log = pino({ level: process.env.FANREEL_LOG_LEVEL ?? 'info' }, pino.destination(2))
/** Of which nothing but the names is asked: the films are there already. */
const roster = ownRoster()
const runners = await Promise.all(
  settings.FANREEL_STUB_NODES.map(async ({ nodeId, token }) => {
    let welcomed: () => void
    const ready = new Promise<void>((resolve) => {
      welcomed = resolve
    })
    const runner = await startRunner({
      env: readEnv({ ...process.env, FANREEL_NODE_ID: nodeId, FANREEL_NODE_TOKEN: token }),
      // The stub looks at nothing.
      models: {} as Models,
      version: 'stub',
      log: log.child({ node: nodeId }),
      render,
      roster,
      onReady: () => welcomed(),
    })
    await ready
    return runner
  }),
)
process.stdout.write(`${JSON.stringify({ ready: true, nodes: runners.length })}\n`)

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    Promise.all(runners.map((runner) => runner.drain())).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'drain failed')
        process.exit(1)
      },
    )
  })
}
