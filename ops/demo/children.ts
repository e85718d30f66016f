/**
 * The processes of the demo: each with a log of its own, stopped by its own handle in the reverse of the order in which they
 * were started, and never left behind. When one ends by itself, whoever asked hears which, why and its last words.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, openSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { DemoFault } from './fault.ts'

/** A stop that takes longer than this is ended by force. */
const STOP_MS = 8_000
const LAST_LINES = 20

export type Start = {
  name: string
  command: string
  args: readonly string[]
  cwd: string
  env?: NodeJS.ProcessEnv
  /** A process of Node's own ends by itself when the demo is gone. */
  node?: boolean
}
export type Child = {
  /** Resolves with the first line on stdout that says `"ready":true`. */
  saysReady(): Promise<Record<string, unknown>>
  /** Rejects when the process ends before it is told to. */
  readonly ended: Promise<never>
}
export type Children = {
  start(what: Start): Child
  /** Rejects when any of them ends by itself. */
  readonly anyEnded: Promise<never>
  stop(): Promise<void>
}

const followParent = fileURLToPath(new URL('follow-parent.mjs', import.meta.url))

const readyLine = (line: string): Record<string, unknown> | undefined => {
  if (!line.startsWith('{') || !line.includes('"ready"')) return undefined
  try {
    const said = JSON.parse(line) as Record<string, unknown>
    return said.ready === true ? said : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Copies what a process prints into its log, keeps its last lines and shows each line to `hear`. */
const record = (child: ChildProcess, log: WriteStream, lastLines: string[], hear: (line: string) => void) => {
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      log.write(`${line}\n`)
      lastLines.push(line)
      if (lastLines.length > LAST_LINES) lastLines.shift()
      hear(line)
    })
  }
}

const stopOne = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await gone
  clearTimeout(force)
}

/** @param logs folder for `<name>.log`, one a process, begun anew at each start */
export const createChildren = (logs: string): Children => {
  mkdirSync(logs, { recursive: true })
  const running: ChildProcess[] = []
  let stopping = false
  let stopped: Promise<void> | undefined
  let tellEnd: (fault: DemoFault) => void = () => undefined
  const anyEnded = new Promise<never>((_, reject) => {
    tellEnd = reject
  })
  anyEnded.catch(() => undefined)

  const start = ({ name, command, args, cwd, env = {}, node = false }: Start): Child => {
    const path = join(logs, `${name}.log`)
    // Opened at once: a folder that is cleared away early must not be looked for later.
    const log = createWriteStream(path, { fd: openSync(path, 'w') })
    const lastLines: string[] = []
    const child = spawn(command, node ? ['--import', followParent, ...args] : args, {
      cwd,
      env: { ...process.env, ...env, FANREEL_DEMO_PID: String(process.pid) },
      stdio: ['ignore', 'pipe', 'pipe', ...(node ? (['ipc'] as const) : [])],
      // A group of its own: Ctrl-C reaches the demo alone, which then stops them in order.
      detached: true,
    })
    running.push(child)
    let heard: (said: Record<string, unknown>) => void = () => undefined
    const ready = new Promise<Record<string, unknown>>((resolve) => {
      heard = resolve
    })
    record(child, log, lastLines, (line) => {
      const said = readyLine(line)
      if (said) heard(said)
    })
    const ended = new Promise<never>((_, reject) => {
      const end = (why: string) => {
        log.end()
        if (stopping) return
        const words = lastLines.map((line) => `    ${line}`).join('\n')
        const fault = new DemoFault(`${name} ended by itself (${why}). The end of ${path}:\n${words || '    (nothing)'}`)
        reject(fault)
        tellEnd(fault)
      }
      child.once('error', (error) => end(error.message))
      child.once('close', (code, signal) => end(signal ?? `exit code ${code}`))
    })
    ended.catch(() => undefined)
    return { ended, saysReady: () => Promise.race([ready, ended]) }
  }

  const stop = () => {
    stopping = true
    stopped ??= (async () => {
      for (const child of running.toReversed()) await stopOne(child)
    })()
    return stopped
  }
  return { start, anyEnded, stop }
}
