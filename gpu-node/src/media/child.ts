/**
 * One confined child process: its own process group, killed whole on abort or timeout; its stderr bounded; its end a
 * value. Nothing here knows what program it is.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Readable, Writable } from 'node:stream'
import type { Confined } from './confined.ts'
import { MEDIA_LIMITS } from './limits.ts'
import { type Confinement, confine, type SandboxKind, STATUS_FD } from './sandbox.ts'
import { killUnit } from './systemd-unit.ts'
import { ToolFault, type ToolFaultKind } from './tool-fault.ts'

/** How a child ended. `code` is its exit code, -1 where a signal ended it. */
export type ChildEnd = {
  code: number
  stderr: string
  timedOut: boolean
  /** Why the program did not end by itself. Absent where it did, well or badly: then its code is its own word. */
  fault?: ToolFaultKind
}

export type Child = {
  stdin: Writable
  /** Empty where the child was given a descriptor of its own. */
  stdout: Readable
  /** Settles when the child is gone and its pipes are shut; never rejects. */
  ended: Promise<ChildEnd>
  /** Kills the whole process group. */
  kill(): void
}

type Options = {
  timeoutMs: number
  signal?: AbortSignal | undefined
  sandbox?: SandboxKind | undefined
  /** An open descriptor that becomes the child's stdout; by default a pipe of its own. */
  stdout?: number | undefined
}

const killGroup = (child: ChildProcess, unit: string | undefined) => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  if (unit) killUnit(unit)
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: the group ended between the look and the kill, which is all that was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const readBounded = (stream: Readable, limit: number): (() => string) => {
  const parts: Buffer[] = []
  let held = 0
  stream.on('data', (part: Buffer) => {
    if (held < limit) parts.push(part.subarray(0, limit - held))
    held += part.length
  })
  return () => Buffer.concat(parts).toString('utf8')
}

const STATUS_BYTES = 4_096
/** env(1)'s and prlimit(1)'s codes: found but not runnable, not found. */
const NOT_RUN = new Set([126, 127])
/** systemd.exec(5): 200 to 245 say which step before the program failed. */
const UNIT_NOT_SET_UP = { from: 200, to: 245 } as const
/** A shell and bubblewrap report a signal as 128 and its number; beyond 31 such codes are the program's own. */
const SIGNALLED = { base: 128, last: 31 } as const

type Ending = { code: number; signal: NodeJS.Signals | null; status: string; spawned: boolean }

/** Why the program did not end by itself, as far as its walls can tell; a timeout is known to whoever set the clock. */
const faultOf = (kind: SandboxKind, { code, signal, status, spawned }: Ending): ToolFaultKind | undefined => {
  if (!spawned) return 'not-started'
  const number = signal ? constants.signals[signal] : code - SIGNALLED.base
  if (number === constants.signals.SIGXCPU) return 'cpu-spent'
  if (signal || (number > 0 && number <= SIGNALLED.last)) return 'killed'
  if (NOT_RUN.has(code)) return 'not-started'
  if (kind === 'bubblewrap' && code !== 0 && !status.includes('"exit-code"')) return 'not-started'
  if (kind === 'systemd' && code >= UNIT_NOT_SET_UP.from && code <= UNIT_NOT_SET_UP.to) return 'not-started'
  return undefined
}

const launch = ({ command }: Confinement, own: number | undefined) => {
  const [program = '', ...rest] = command
  const child = spawn(program, rest, { stdio: ['pipe', own ?? 'pipe', 'pipe', 'pipe'], detached: true, cwd: '/' })
  const { stdin, stderr } = child
  const stdout = own === undefined ? child.stdout : Readable.from([])
  const status = child.stdio[STATUS_FD]
  if (!(stdin instanceof Writable && stdout && stderr && status instanceof Readable)) {
    // No handles were left for its pipes; the reason follows as an event, which must not end the process.
    child.once('error', () => undefined)
    throw new ToolFault('not-started', 'a child without pipes')
  }
  return { child, stdin, stdout, stderr, status }
}

/** Starts a confined child. Throws the signal's reason where it is already aborted, ToolFault where no process is to be had. */
export const startChild = async (task: Confined, options: Options): Promise<Child> => {
  options.signal?.throwIfAborted()
  const confinement = await confine(task, options.sandbox)
  // The first question which walls work here takes a while; an abort meanwhile has no listener yet.
  options.signal?.throwIfAborted()
  const { child, stdin, stdout, ...pipes } = launch(confinement, options.stdout)
  const stderr = readBounded(pipes.stderr, MEDIA_LIMITS.STDERR_BYTES)
  const status = readBounded(pipes.status, STATUS_BYTES)
  // A child that ends before it has read everything breaks the pipe; how it ended says why.
  stdin.on('error', () => undefined)
  pipes.status.on('error', () => undefined)
  const kill = () => killGroup(child, confinement.unit)
  let timedOut = false
  let fault = ''
  const timer = setTimeout(() => {
    timedOut = true
    kill()
  }, options.timeoutMs)
  options.signal?.addEventListener('abort', kill, { once: true })
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('error', (error) => {
      fault = error.message
    })
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', kill)
      const code = exitCode ?? -1
      const kind = timedOut
        ? 'timed-out'
        : faultOf(confinement.kind, { code, signal, status: status(), spawned: child.pid !== undefined })
      resolve({ code, stderr: fault || stderr(), timedOut, ...(kind && { fault: kind }) })
    })
  })
  return { stdin, stdout, ended, kill }
}
