/**
 * A media child as a transient systemd unit, for machines without bubblewrap. The service manager starts it, not we: our
 * process group and our limits do not reach it, so that the unit has a name to be killed by and limits of its own.
 */
import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import type { Confined } from './confined.ts'
import { MEDIA_LIMITS } from './limits.ts'

/** Folders where people and services keep files: empty for the child, except for what it was given. */
const HIDDEN = ['/tmp', '/var', '/srv', '/mnt', '/media', '/opt', '/run/user']

const WALLS = [
  'PrivateNetwork=yes',
  'PrivateDevices=yes',
  'ProtectSystem=strict',
  'ProtectHome=tmpfs',
  'ProtectKernelTunables=yes',
  'ProtectControlGroups=yes',
  'NoNewPrivileges=yes',
  'RestrictNamespaces=yes',
  'RestrictAddressFamilies=AF_UNIX',
  'CapabilityBoundingSet=',
  'KillMode=control-group',
  ...HIDDEN.map((path) => `TemporaryFileSystem=${path}:ro`),
]

// A colon in a path would end it; the backslash keeps it one.
const asBind = (path: string) => path.replaceAll(/[\\: ]/g, '\\$&')

/** The properties a task's unit has. `user`: the numbers of the user and group that own its files, where it is not root. */
export const unitProperties = (task: Confined, user?: { uid: number; gid: number }): string[] => {
  const cpu = task.cpuSeconds ?? MEDIA_LIMITS.CPU_SECONDS
  return [
    ...WALLS,
    `LimitAS=${MEDIA_LIMITS.ADDRESS_BYTES}`,
    `LimitCPU=${cpu}:${cpu + 1}`,
    `LimitFSIZE=${MEDIA_LIMITS.FILE_BYTES}`,
    `LimitNOFILE=${MEDIA_LIMITS.OPEN_FILES}`,
    'LimitCORE=0',
    `Nice=${task.niceness ?? MEDIA_LIMITS.NICENESS}`,
    // Should nobody be left to kill it.
    `RuntimeMaxSec=${MEDIA_LIMITS.CPU_SECONDS}`,
    ...(user && user.uid !== 0 ? [`User=${user.uid}`, `Group=${user.gid}`] : []),
    ...(task.program.startsWith('/') ? [`BindReadOnlyPaths=-${asBind(dirname(task.program))}`] : []),
    ...task.readable.map((path) => `BindReadOnlyPaths=${asBind(path)}`),
    ...task.writable.map((path) => `BindPaths=${asBind(path)}`),
  ]
}

const own = () =>
  process.getuid && process.getgid ? { user: { uid: process.getuid(), gid: process.getgid() } } : { user: undefined }

/** The whole command line, program first, that runs `task` as `unit` and ends when it ends. */
export const systemdCommand = (task: Confined, unit: string): string[] => [
  ...['systemd-run', '--quiet', '--pipe', '--wait', '--collect', `--unit=${unit}`],
  ...unitProperties(task, own().user).flatMap((property) => ['-p', property]),
  '--',
  task.program,
  ...task.arguments,
]

/** Kills all processes of a unit; one that is gone already is none the worse. */
export const killUnit = (unit: string): void => {
  execFile('systemctl', ['kill', '--signal=SIGKILL', unit], { timeout: 10_000 }, () => undefined)
}
