#!/usr/bin/env node
// Starts the command line from TypeScript, without a build. See src/cli.ts.
import { register } from 'tsx/esm/api'

register()
const { run } = await import('../src/cli.ts')
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stopping.abort(new Error(name)))
process.exitCode = await run(process.argv.slice(2), stopping.signal)
process.exit()
