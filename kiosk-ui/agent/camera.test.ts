/** The camera as the agent sees it: by fswebcam's own picture, by a camera that hangs, and by what the browser holds. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCameraWatch, isCameraDevice, isHeld, lookAtCamera } from './camera.ts'
import { isStillPending, takeStill } from './camera-still.ts'

const hasFswebcam = existsSync('/usr/bin/fswebcam')
/** Stands for fswebcam before a camera that never gives a picture; tells that it has begun. */
const HANGING = (begun: string) => `#!${process.execPath}
if (process.argv.includes('--version')) process.exit(0)
require('node:fs').appendFileSync(${JSON.stringify(begun)}, 'x')
setTimeout(() => {}, 60_000)
`

describe('the camera of a kiosk box', () => {
  let folder: string
  let begun: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanreel-camera-'))
    begun = join(folder, 'begun')
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })
  const hang = async () => {
    await writeFile(join(folder, 'fswebcam'), HANGING(begun), { mode: 0o755 })
    vi.stubEnv('PATH', [folder, process.env.PATH].join(delimiter))
  }
  const processesIn = async (text: string) => {
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
    return ids.filter((_, index) => commands[index]?.includes(text)).map(Number)
  }

  it.skipIf(!hasFswebcam)('gives a still from fswebcam’s own source, and none is kept', async () => {
    // Other tests take stills beside this one: its own go into a folder of its own.
    vi.stubEnv('TMPDIR', folder)
    expect(await lookAtCamera('TEST')).toBe('seen')
    expect(await readdir(folder)).toEqual([])
    expect(await readdir('.')).not.toContain('still.jpg')
  })

  it('that hangs is silent, and nothing of ours goes on holding it', async () => {
    await hang()
    expect(await lookAtCamera('TEST', 1_500)).toBe('silent')
    expect(await readFile(begun, 'utf8')).toBe('x')
    await expect.poll(() => processesIn(join(folder, 'fswebcam'))).toEqual([])
    expect(await isStillPending()).toBe(false)
  })

  it('is not asked again while a question hangs that no signal ends', async () => {
    await hang()
    expect(await takeStill('TEST', { warmUp: false, withinMs: 1_500, end: () => Promise.resolve() })).toBe('late')
    expect(await lookAtCamera('TEST', 1_500)).toBe('silent')
    expect(await readFile(begun, 'utf8')).toBe('x')
    for (const id of await processesIn(join(folder, 'fswebcam'))) process.kill(id, 'SIGKILL')
    await expect.poll(isStillPending).toBe(false)
  })

  it('that gives something else than a picture is silent too', async () => {
    await writeFile(join(folder, 'fswebcam'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
    vi.stubEnv('PATH', [folder, process.env.PATH].join(delimiter))
    expect(await lookAtCamera('TEST')).toBe('silent')
  })

  it('is in use by whoever holds it, and never by our own eye', async () => {
    const holds = async (id: string, comm: string, device: string) => {
      await mkdir(join(folder, id, 'fd'), { recursive: true })
      await writeFile(join(folder, id, 'comm'), `${comm}\n`)
      await symlink(device, join(folder, id, 'fd', '7'))
    }
    await holds('11', 'fswebcam', '/dev/video7')
    expect(await isHeld('/dev/video7', folder)).toBe(false)
    await holds('12', 'chromium', '/dev/video7')
    expect(await isHeld('/dev/video7', folder)).toBe(true)
    expect(await isHeld('/dev/video8', folder)).toBe(false)
  })

  it('lights its lamp at the start, a minute after it gave no picture and when it is back, and never again once it was seen', async () => {
    let now = 0
    let glance: 'missing' | 'in-use' | undefined
    const stills: string[] = []
    let answer: 'seen' | 'silent' = 'silent'
    const look = createCameraWatch('TEST', {
      now: () => now,
      glance: () => Promise.resolve(glance),
      still: () => {
        stills.push(`${now} ${answer}`)
        return Promise.resolve(answer)
      },
    })
    expect(await look()).toBe('silent')
    answer = 'seen'
    // Whoever looks at once stands in the way of the kiosk's page, which looks for its camera too.
    now = 59_999
    expect(await look()).toBe('silent')
    now = 60_000
    expect([await look(), await look(), await look()]).toEqual(['seen', 'seen', 'seen'])
    now = 600_000
    glance = 'in-use'
    expect(await look()).toBe('in-use')
    glance = undefined
    // Nobody has had it for days, and no visitor saw it blink.
    now = 1_000_000_000
    expect(await look()).toBe('seen')
    glance = 'missing'
    expect(await look()).toBe('missing')
    glance = undefined
    expect(await look()).toBe('seen')
    expect(stills).toEqual(['0 silent', '60000 seen', '1000000000 seen'])
  })

  it('is named by nothing that a shell would take for more, and known to be away', async () => {
    for (const name of ['/dev/video0; touch /tmp/x', '$(id)', '/dev/../etc/passwd', '/dev/video123', '', 'test'])
      expect(isCameraDevice(name), name).toBe(false)
    await expect(lookAtCamera('$(id)')).rejects.toThrow('no camera can be called')
    expect(await lookAtCamera('/dev/video99')).toBe('missing')
  })
})
