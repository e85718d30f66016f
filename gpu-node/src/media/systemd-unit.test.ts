import { describe, expect, it } from 'vitest'
import type { Confined } from './confined.ts'
import { MEDIA_LIMITS } from './limits.ts'
import { systemdCommand, unitProperties } from './systemd-unit.ts'

const task: Confined = {
  program: 'ffmpeg',
  arguments: ['-i', 'file:/tmp/work/clip'],
  readable: ['/tmp/work/clip'],
  writable: ['/tmp/work/out'],
}

describe('a media child as a transient unit', () => {
  it('has a name by which it can be killed, and runs the program after all properties', () => {
    const command = systemdCommand(task, 'fanreel-media-1.service')
    expect(command).toContain('--unit=fanreel-media-1.service')
    expect(command.slice(command.indexOf('--') + 1)).toEqual(['ffmpeg', '-i', 'file:/tmp/work/clip'])
  })
  it('has limits of its own, since ours do not reach it', () => {
    expect(unitProperties({ ...task, cpuSeconds: 5 })).toEqual(
      expect.arrayContaining([
        `LimitAS=${MEDIA_LIMITS.ADDRESS_BYTES}`,
        'LimitCPU=5:6',
        `LimitFSIZE=${MEDIA_LIMITS.FILE_BYTES}`,
        `LimitNOFILE=${MEDIA_LIMITS.OPEN_FILES}`,
        `Nice=${MEDIA_LIMITS.NICENESS}`,
      ]),
    )
  })
  it('sees no network, no home and no other visitor, only what it was given', () => {
    const properties = unitProperties(task)
    for (const wall of ['PrivateNetwork=yes', 'ProtectHome=tmpfs', 'ProtectSystem=strict', 'TemporaryFileSystem=/tmp:ro'])
      expect(properties).toContain(wall)
    expect(properties.filter((property) => property.startsWith('Bind'))).toEqual([
      'BindReadOnlyPaths=/tmp/work/clip',
      'BindPaths=/tmp/work/out',
    ])
  })
  it('keeps a colon or a blank in a path from meaning something', () =>
    expect(unitProperties({ ...task, readable: ['/a b:c'] })).toContain('BindReadOnlyPaths=/a\\ b\\:c'))
  it('runs as whoever owns the files', () =>
    expect(unitProperties(task, { uid: 1000, gid: 1001 })).toEqual(expect.arrayContaining(['User=1000', 'Group=1001'])))
})
