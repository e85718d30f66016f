/**
 * Whether the camera is there, by a still through node-webcam and fswebcam. While the browser has the camera nobody else
 * may have it, and that is all one need know. A still may show a visitor: it is looked at for being a picture, and deleted.
 * node-webcam hands its arguments to a shell, so a device is named from a short list of forms and nothing else is taken.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { KioskHealth } from '@fanreel/protocol'
import webcam from 'node-webcam'

const run = promisify(execFile)

export type CameraState = KioskHealth['camera']

/** fswebcam's own test picture, or a video device of this machine. */
const DEVICE = /^(?:TEST|\/dev\/video\d{1,2})$/
export const isCameraDevice = (device: string): boolean => DEVICE.test(device)

const TEST_SOURCE = 'TEST'
/** Pictures that a camera gives before it has found its light are skipped. */
const SKIPPED_FRAMES = 5
const STILL_MS = 15_000
/** A JPEG of nothing at all is smaller. */
const LEAST_BYTES = 2_000

/** Whether a process of this machine that we may look into holds the device open. */
const isHeld = async (device: string, proc = '/proc'): Promise<boolean> => {
  const processes = (await readdir(proc)).filter((name) => /^\d+$/.test(name))
  for (const id of processes) {
    // Processes end while one looks, and those of others are closed to us.
    const open = await readdir(join(proc, id, 'fd')).catch(() => [])
    for (const name of open) {
      const target = await readlink(join(proc, id, 'fd', name)).catch(() => '')
      if (target === device) return true
    }
  }
  return false
}

const takeStill = async (device: string): Promise<boolean> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-still-'))
  try {
    const camera = webcam.create({
      device,
      width: 1280,
      height: 720,
      output: 'jpeg',
      quality: 60,
      delay: 0,
      skip: device === TEST_SOURCE ? 0 : SKIPPED_FRAMES,
      frames: 1,
      callbackReturn: 'location',
      saveShots: true,
      verbose: false,
    })
    const path = join(folder, 'still')
    const taken = new Promise<boolean>((resolve) =>
      camera.capture(path, (error) => resolve(error === null || error === undefined)),
    )
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), STILL_MS).unref())
    if (!(await Promise.race([taken, late]))) return false
    const still = await readFile(`${path}.jpg`).catch(() => Buffer.alloc(0))
    return still.length >= LEAST_BYTES && still[0] === 0xff && still[1] === 0xd8
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const hasFswebcam = (): Promise<boolean> =>
  run('fswebcam', ['--version']).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )

/** What is known of a camera without its lamp going on: `undefined` where it is there and nobody has it. */
const glanceAt = async (device: string): Promise<'missing' | 'in-use' | undefined> => {
  if (!isCameraDevice(device)) throw new Error(`no camera can be called ${JSON.stringify(device)}`)
  if (device === TEST_SOURCE) return undefined
  if (!existsSync(device)) return 'missing'
  return (await isHeld(device)) ? 'in-use' : undefined
}

const stillOf = async (device: string): Promise<CameraState> => {
  if (!(await hasFswebcam())) return 'unknown'
  return (await takeStill(device)) ? 'seen' : 'missing'
}

/** Looks once, by a still where nobody has the camera. @throws Error where the device's name is none of the forms above */
export const lookAtCamera = async (device: string): Promise<CameraState> => (await glanceAt(device)) ?? stillOf(device)

/**
 * Looks at a camera again and again. A still lights its lamp, and takes it from a visitor who comes at that moment: one is taken
 * at the start, and after each time that the camera was away or gave none. Whoever has had it since has shown that it works.
 */
export const createCameraWatch = (device: string, still = stillOf): (() => Promise<CameraState>) => {
  let known: CameraState | undefined
  return async () => {
    const glance = await glanceAt(device)
    if (glance !== undefined) {
      known = glance === 'in-use' ? 'seen' : undefined
      return glance
    }
    if (known !== 'seen') known = await still(device)
    return known
  }
}
