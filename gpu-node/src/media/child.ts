/**
 * One confined child process: its own process group, killed whole on abort or timeout; its stderr bounded; its end a
 * value. Nothing here knows what program it is.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { MEDIA_LIMITS } from './limits.ts'
import { type Confined, confine, type SandboxKind } from './sandbox.ts'

/** How a child ended. `code` is its exit code, -1 where a signal ended it. */
export type ChildEnd = { code: number; stderr: string; timedOut: boolean }

export type Child = {
  stdin: Writable
  stdout: Readable
  /** Settles when the child is gone and its pipes are shut; never rejects. */
  ended: Promise<ChildEnd>
  /** Kills the whole process group. */
  kill(): void
}

type Options = { timeoutMs: number; signal?: AbortSignal | undefined; sandbox?: SandboxKind | undefined }

const killGroup = (child: ChildProcessByStdio<Writable, Readable, Readable>) => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
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

/** Starts a confined child. Throws the signal's reason where it is already aborted. */
export const startChild = async (task: Confined, options: Options): Promise<Child> => {
  options.signal?.throwIfAborted()
  const [program, ...rest] = await confine(task, options.sandbox)
  if (!program) throw new Error('an empty command')
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, cwd: '/' })
  const stderr = readBounded(child.stderr, MEDIA_LIMITS.STDERR_BYTES)
  // A child that ends before it has read everything breaks the pipe; how it ended says why.
  child.stdin.on('error', () => undefined)
  let timedOut = false
  let fault = ''
  const timer = setTimeout(() => {
    timedOut = true
    killGroup(child)
  }, options.timeoutMs)
  const onAbort = () => killGroup(child)
  options.signal?.addEventListener('abort', onAbort, { once: true })
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('error', (error) => {
      fault = error.message
    })
    child.once('close', (code) => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      resolve({ code: code ?? -1, stderr: fault || stderr(), timedOut })
    })
  })
  return { stdin: child.stdin, stdout: child.stdout, ended, kill: () => killGroup(child) }
}
