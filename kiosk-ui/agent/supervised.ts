/**
 * A process that must be there: started, started again when it ends, with longer and longer pauses when it ends at once, and
 * stopped by its own handle. It leads a group of its own, so that what it has started goes with it.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

export type Supervised = {
  readonly child: ChildProcess | undefined
  /** How often it had to be started again. */
  readonly restarts: number
  /** Ends it, so that it is started again. */
  restart(why: string): void
  stop(): Promise<void>
}

export type SupervisedOptions = {
  command: string
  args: readonly string[]
  spawn?: Pick<SpawnOptions, 'env' | 'cwd' | 'stdio'>
  /** Called with every new process. */
  onStart?: (child: ChildProcess) => void
  /** Called when one has ended, and how. */
  onEnd?: (how: string) => void
  log: (line: object) => void
  name: string
  /** The first pause before a new start, in milliseconds; it doubles up to 30 s and begins anew after a minute of good work. */
  pauseMs?: number
}

const MOST_PAUSE_MS = 30_000
const GOOD_WORK_MS = 60_000
/** What does not end when asked to is ended by force. */
const STOP_MS = 5_000

/** Sends a signal to a process and everything it has started. */
const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    // It is gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export const superviseProcess = (options: SupervisedOptions): Supervised => {
  const { command, args, onStart, onEnd, log, name, pauseMs = 1_000 } = options
  let child: ChildProcess | undefined
  let restarts = 0
  let stopping = false
  let nextPauseMs = pauseMs
  let timer: NodeJS.Timeout | undefined

  const start = () => {
    const startedAt = performance.now()
    const fresh = spawn(command, args, { stdio: 'ignore', ...options.spawn, detached: true })
    child = fresh
    let over = false
    const ended = (how: string) => {
      if (over) return
      over = true
      signalGroup(fresh, 'SIGKILL')
      onEnd?.(how)
      if (stopping) return
      restarts++
      if (performance.now() - startedAt > GOOD_WORK_MS) nextPauseMs = pauseMs
      log({ process: name, how, restarts, pauseMs: nextPauseMs, event: 'started again' })
      timer = setTimeout(start, nextPauseMs)
      nextPauseMs = Math.min(MOST_PAUSE_MS, nextPauseMs * 2)
    }
    fresh.once('error', (error) => ended(error.message))
    fresh.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`))
    onStart?.(fresh)
  }
  start()

  const end = (target: ChildProcess) => {
    if (target.exitCode !== null || target.signalCode !== null || target.pid === undefined) return undefined
    signalGroup(target, 'SIGTERM')
    const force = setTimeout(() => signalGroup(target, 'SIGKILL'), STOP_MS)
    target.once('exit', () => clearTimeout(force))
    return once(target, 'exit')
  }
  return {
    get child() {
      return child
    },
    get restarts() {
      return restarts
    },
    restart(why) {
      log({ process: name, why, event: 'ended by us' })
      if (child) end(child)
    },
    async stop() {
      stopping = true
      clearTimeout(timer)
      if (child) await end(child)
    },
  }
}
