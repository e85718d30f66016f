/**
 * Whether the camera is there and gives a picture. While the browser has it nobody else may have it: then the kiosk's page is
 * who knows whether its picture stands still, and says so to the floor itself.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { KioskHealth } from '@fanreel/protocol'
import { isStillPending, takeStill } from './camera-still.ts'

const run = promisify(execFile)

export type CameraState = KioskHealth['camera']

/** fswebcam's own test picture, or a video device of this machine. */
const DEVICE = /^(?:TEST|\/dev\/video\d{1,2})$/
export const isCameraDevice = (device: string): boolean => DEVICE.test(device)

const TEST_SOURCE = 'TEST'
/** Our own eye: what it holds, the browser does not. */
const EYE = 'fswebcam'

/** Whether a process of this machine that we may look into holds the device open. @param proc where Linux shows processes */
export const isHeld = async (device: string, proc = '/proc'): Promise<boolean> => {
  const processes = (await readdir(proc)).filter((name) => /^\d+$/.test(name))
  for (const id of processes) {
    // Processes end while one looks, and those of others are closed to us.
    const open = await readdir(join(proc, id, 'fd')).catch(() => [])
    for (const name of open) {
      const target = await readlink(join(proc, id, 'fd', name)).catch(() => '')
      if (target !== device) continue
      if ((await readFile(join(proc, id, 'comm'), 'utf8').catch(() => '')).trim() !== EYE) return true
    }
  }
  return false
}

const hasFswebcam = (): Promise<boolean> =>
  run(EYE, ['--version']).then(
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

const stillOf = async (device: string, withinMs?: number): Promise<CameraState> => {
  if (!(await hasFswebcam())) return 'unknown'
  // A second question to a device that has not answered the first one hangs beside it.
  if (await isStillPending()) return 'silent'
  const still = await takeStill(device, { warmUp: device !== TEST_SOURCE, ...(withinMs !== undefined && { withinMs }) })
  return still === 'picture' ? 'seen' : 'silent'
}

/**
 * Looks once, by a still where nobody has the camera.
 * @param withinMs how long a picture may take, in milliseconds
 * @throws Error where the device's name is none of the forms above
 */
export const lookAtCamera = async (device: string, withinMs?: number): Promise<CameraState> =>
  (await glanceAt(device)) ?? stillOf(device, withinMs)

/** A camera that gave no picture is left to the kiosk's page for this long: it looks for its camera too, and one of both holds it. */
const LEFT_ALONE_MS = 60_000

/**
 * Looks at a camera again and again. A still lights its lamp, which nobody should see on the invitation, and takes it from a visitor
 * who comes at that moment: one is taken at the start, when the camera is back, and a minute after it gave none. Whoever has had it
 * since has shown that it works; one that hangs later is found by the kiosk's page, which says so to the floor itself.
 */
export const createCameraWatch = (
  device: string,
  options: { still?: (device: string) => Promise<CameraState>; now?: () => number; glance?: typeof glanceAt } = {},
): (() => Promise<CameraState>) => {
  const { still = stillOf, now = () => performance.now(), glance = glanceAt } = options
  let known: { state: CameraState; at: number } | undefined
  return async () => {
    const glanced = await glance(device)
    if (glanced === 'missing') known = undefined
    else if (glanced === 'in-use') known = { state: 'seen', at: now() }
    if (glanced !== undefined) return glanced
    if (known === undefined || (known.state !== 'seen' && now() - known.at >= LEFT_ALONE_MS))
      known = { state: await still(device), at: now() }
    return known.state
  }
}
