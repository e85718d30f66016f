/** Nodes of one process that draw nothing themselves: the real link, runner and transfers, and whatever makes their films. */
import { pino } from 'pino'
import { z } from 'zod'
import type { Roster } from '../../gpu-node/src/engines/roster.ts'
import { readEnv } from '../../gpu-node/src/env.ts'
import type { renderFilm } from '../../gpu-node/src/render.ts'
import { startRunner } from '../../gpu-node/src/runner.ts'
import type { Models } from '../../gpu-node/src/vision/models/load-models.ts'

const Nodes = z.object({
  FANREEL_STUB_NODES: z.string().transform((json, context) => {
    const found = z.array(z.object({ nodeId: z.string(), token: z.string() })).safeParse(JSON.parse(json))
    if (found.success) return found.data
    context.addIssue('a list of {nodeId, token}')
    return z.NEVER
  }),
})

/** Starts the nodes that the environment names and says so on stdout; ends the process, drained, when it is told to stop. */
export const startStubNodes = async (
  /** What makes the films of a node, by its place in the list. */
  makes: (at: number) => { render: typeof renderFilm; roster: Roster },
): Promise<void> => {
  const log = pino({ level: process.env.FANREEL_LOG_LEVEL ?? 'info' }, pino.destination(2))
  const runners = await Promise.all(
    Nodes.parse(process.env).FANREEL_STUB_NODES.map(async ({ nodeId, token }, at) => {
      let welcomed: () => void
      const ready = new Promise<void>((resolve) => {
        welcomed = resolve
      })
      const runner = await startRunner({
        ...makes(at),
        env: readEnv({ ...process.env, FANREEL_NODE_ID: nodeId, FANREEL_NODE_TOKEN: token }),
        // Nobody looks at anything.
        models: {} as Models,
        version: 'stub',
        log: log.child({ node: nodeId }),
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
}
