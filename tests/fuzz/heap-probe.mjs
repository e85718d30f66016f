/**
 * Loaded before an orchestrator (`node --expose-gc --import`): on SIGUSR2 it collects what can be collected and appends a line to
 * `FANREEL_HEAP_FILE` that says what is left, in bytes.
 */
import { appendFileSync } from 'node:fs'

const file = process.env.FANREEL_HEAP_FILE
process.on('SIGUSR2', () => {
  for (let times = 0; times < 3; times++) globalThis.gc?.()
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage()
  if (file) appendFileSync(file, `${JSON.stringify({ heapUsed, external, arrayBuffers, rss })}\n`)
})
