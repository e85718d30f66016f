/**
 * The walls round a media child. With bubblewrap: no network, no sight of the machine but its programs and the files it
 * was given, a private /tmp. Else a transient systemd unit with the same intent; else nothing but resource limits, which
 * is said once. Which of them works here is tried once, not guessed.
 */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import type { Confined } from './confined.ts'
import { MEDIA_LIMITS } from './limits.ts'
import { systemdCommand } from './systemd-unit.ts'

export type SandboxKind = 'bubblewrap' | 'systemd' | 'none'

/** A command under which a task runs confined. */
export type Confinement = {
  kind: SandboxKind
  /** Program first. */
  command: readonly string[]
  /** The transient unit that must be killed as well: it lies outside the child's process group. */
  unit?: string
}

/** Where bubblewrap says, by a line of JSON with `exit-code`, that the program itself was started and has ended. */
export const STATUS_FD = 3

const SYSTEM_PATHS = ['/usr', '/bin', '/lib', '/lib64', '/etc/alternatives', '/etc/ld.so.cache', '/etc/fonts']

const bubblewrap = (task: Confined): string[] => [
  'bwrap',
  '--unshare-all',
  '--die-with-parent',
  '--new-session',
  '--cap-drop',
  'ALL',
  '--clearenv',
  ...['--json-status-fd', String(STATUS_FD)],
  ...['--setenv', 'PATH', '/usr/local/bin:/usr/bin:/bin'],
  ...SYSTEM_PATHS.flatMap((path) => ['--ro-bind-try', path, path]),
  ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
  ...(task.program.startsWith('/') ? ['--ro-bind-try', dirname(task.program), dirname(task.program)] : []),
  ...task.readable.flatMap((path) => ['--ro-bind', path, path]),
  ...task.writable.flatMap((path) => ['--bind', path, path]),
  '--',
  task.program,
  ...task.arguments,
]

const limited = (task: Confined, command: readonly string[]): string[] => {
  const cpu = task.cpuSeconds ?? MEDIA_LIMITS.CPU_SECONDS
  return [
    ...['nice', '-n', String(task.niceness ?? MEDIA_LIMITS.NICENESS), 'prlimit'],
    `--as=${MEDIA_LIMITS.ADDRESS_BYTES}`,
    // A second between the two: the softer ends it by a signal of its own, SIGXCPU, which tells it from other kills.
    `--cpu=${cpu}:${cpu + 1}`,
    `--fsize=${MEDIA_LIMITS.FILE_BYTES}`,
    `--nofile=${MEDIA_LIMITS.OPEN_FILES}`,
    '--core=0',
    '--',
    ...command,
  ]
}

const CONFINE: Record<SandboxKind, (task: Confined) => Confinement> = {
  bubblewrap: (task) => ({ kind: 'bubblewrap', command: limited(task, bubblewrap(task)) }),
  systemd: (task) => {
    const unit = `fanreel-media-${randomUUID()}.service`
    return { kind: 'systemd', command: systemdCommand(task, unit), unit }
  },
  none: (task) => ({ kind: 'none', command: limited(task, [task.program, ...task.arguments]) }),
}

const works = (kind: SandboxKind): Promise<boolean> => {
  const { command } = CONFINE[kind]({ program: 'true', arguments: [], readable: [], writable: [] })
  // The status needs a descriptor that execFile does not open; whether the walls stand shows without it.
  const at = command.indexOf('--json-status-fd')
  const [program = 'false', ...rest] = at < 0 ? command : [...command.slice(0, at), ...command.slice(at + 2)]
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

/** How `task` runs confined. `kind`: which walls; by default the best here. */
export const confine = async (task: Confined, kind?: SandboxKind): Promise<Confinement> =>
  CONFINE[kind ?? (await sandboxKind())](task)
