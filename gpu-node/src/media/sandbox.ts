/**
 * The walls round a media child. With bubblewrap: no network, no sight of the machine but its programs and the files it
 * was given, a private /tmp. Else a transient systemd unit with the same intent; else nothing but resource limits, which
 * is said once. Which of them works here is tried once, not guessed.
 */
import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { MEDIA_LIMITS } from './limits.ts'

export type SandboxKind = 'bubblewrap' | 'systemd' | 'none'

/** A program to run, and all it may touch. */
export type Confined = {
  program: string
  arguments: readonly string[]
  /** Absolute paths of files it may read. */
  readable: readonly string[]
  /** Absolute paths of folders it may write into. */
  writable: readonly string[]
}

const SYSTEM_PATHS = ['/usr', '/bin', '/lib', '/lib64', '/etc/alternatives', '/etc/ld.so.cache', '/etc/fonts']

const bubblewrap = (task: Confined): string[] => [
  'bwrap',
  '--unshare-all',
  '--die-with-parent',
  '--new-session',
  '--cap-drop',
  'ALL',
  '--clearenv',
  ...['--setenv', 'PATH', '/usr/local/bin:/usr/bin:/bin'],
  ...SYSTEM_PATHS.flatMap((path) => ['--ro-bind-try', path, path]),
  ...(task.program.startsWith('/') ? ['--ro-bind-try', dirname(task.program), dirname(task.program)] : []),
  ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
  ...task.readable.flatMap((path) => ['--ro-bind', path, path]),
  ...task.writable.flatMap((path) => ['--bind', path, path]),
  '--',
  task.program,
  ...task.arguments,
]

const systemd = (task: Confined): string[] => [
  ...['systemd-run', '--quiet', '--pipe', '--wait', '--collect'],
  ...['PrivateNetwork=yes', 'ProtectSystem=strict', 'ProtectHome=read-only', 'NoNewPrivileges=yes', 'PrivateDevices=yes'].flatMap(
    (property) => ['-p', property],
  ),
  ...['-p', `RuntimeMaxSec=${MEDIA_LIMITS.CPU_SECONDS}`, '-p', `LimitFSIZE=${MEDIA_LIMITS.FILE_BYTES}`],
  ...task.writable.flatMap((path) => ['-p', `ReadWritePaths=${path}`]),
  '--',
  task.program,
  ...task.arguments,
]

const limited = (command: readonly string[]): string[] => [
  ...['nice', '-n', String(MEDIA_LIMITS.NICENESS), 'prlimit'],
  `--as=${MEDIA_LIMITS.ADDRESS_BYTES}`,
  `--cpu=${MEDIA_LIMITS.CPU_SECONDS}`,
  `--fsize=${MEDIA_LIMITS.FILE_BYTES}`,
  `--nofile=${MEDIA_LIMITS.OPEN_FILES}`,
  '--core=0',
  '--',
  ...command,
]

const WRAPPERS: Record<SandboxKind, (task: Confined) => string[]> = {
  bubblewrap,
  systemd,
  none: (task) => [task.program, ...task.arguments],
}

const works = (kind: SandboxKind): Promise<boolean> => {
  const [program = 'false', ...rest] = WRAPPERS[kind]({ program: 'true', arguments: [], readable: [], writable: [] })
  return promisify(execFile)(program, rest, { timeout: 5_000 }).then(
    () => true,
    () => false,
  )
}

const choose = async (): Promise<SandboxKind> => {
  if (await works('bubblewrap')) return 'bubblewrap'
  if (await works('systemd')) return 'systemd'
  pino({ name: 'media' }, pino.destination(2)).warn(
    { code: 'node-fault' },
    'neither bubblewrap nor systemd-run works here: clips are decoded without a sandbox',
  )
  return 'none'
}

let chosen: Promise<SandboxKind> | undefined
/** Which sandbox works on this machine; tried at the first call. */
export const sandboxKind = (): Promise<SandboxKind> => {
  chosen ??= choose()
  return chosen
}

/** The whole command line under which `task` runs confined, program first. `kind`: which walls; by default the best here. */
export const confine = async (task: Confined, kind?: SandboxKind): Promise<string[]> =>
  limited(WRAPPERS[kind ?? (await sandboxKind())](task))
