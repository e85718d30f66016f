/** One process of an installation: started, known to be ready by its own word, stopped by its own handle. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

export type Ended = { code: number | null; signal: NodeJS.Signals | null }

export type Child = {
  readonly name: string
  readonly process: ChildProcess
  /** Resolves with the process's own ready line. @throws Error with its last lines when it ends before */
  readonly ready: Promise<Record<string, unknown>>
  readonly ended: Promise<Ended>
  readonly running: boolean
  /** The last lines it wrote to stderr, for the person who asks why it died. */
  lastLines(): string[]
  /** Asks it to stop and, after the grace, makes it. Resolves when it is gone. */
  stop(graceMs?: number): Promise<void>
  /** As a power cut would. */
  kill(): Promise<void>
}

const KEPT_LINES = 12

/**
 * Starts a process. Its stdout is read for the line `{"ready":true,...}`, or for one that `readyWhen` knows; stderr and
 * all other output go to `logFile`.
 */
export const startChild = (options: {
  name: string
  command: string
  args: readonly string[]
  env?: Record<string, string>
  cwd?: string
  logFile?: string
  readyWhen?: (line: string) => boolean
}): Child => {
  const { name, readyWhen } = options
  const child = spawn(options.command, options.args, {
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = options.logFile ? createWriteStream(options.logFile, { flags: 'a' }) : undefined
  const kept: string[] = []
  const keep = (line: string) => {
    log?.write(`${line}\n`)
    kept.push(line)
    if (kept.length > KEPT_LINES) kept.shift()
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', (error) => {
      keep(error.message)
      resolve({ code: null, signal: null })
    })
  })
  void ended.then(() => log?.end())
  let running = true
  void ended.then(() => {
    running = false
  })

  const ready = new Promise<Record<string, unknown>>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(line)
      if (readyWhen?.(line)) resolve({})
      if (!readyWhen && line.startsWith('{"ready":true')) resolve(JSON.parse(line) as Record<string, unknown>)
    })
    void ended.then(({ code, signal }) =>
      reject(new Error(`${name} ended (${signal ?? code}) before it was ready:\n${kept.join('\n')}`)),
    )
  })
  createInterface({ input: child.stderr }).on('line', keep)
  // Whoever does not wait for readiness learns of the end from `ended`.
  ready.catch(() => undefined)

  const end = async (signal: NodeJS.Signals) => {
    if (running) child.kill(signal)
    await ended
  }
  return {
    name,
    process: child,
    ready,
    ended,
    get running() {
      return running
    },
    lastLines: () => [...kept],
    stop: async (graceMs = 10_000) => {
      const force = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await end('SIGTERM')
      clearTimeout(force)
    },
    kill: () => end('SIGKILL'),
  }
}
