/**
 * One still through node-webcam and fswebcam. It may show a visitor: it is looked at for being a picture, and deleted.
 * node-webcam hands its arguments to a shell, so whoever calls names a device from a short list of forms and nothing else; and
 * it keeps no hold of what it starts, so that a still which hangs is found by its folder's name and ended here: it would go on
 * holding the camera, and be taken for the browser at work.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import webcam from 'node-webcam'

/** Pictures that a camera gives before it has found its light are skipped. */
const SKIPPED_FRAMES = 5
/** Opening, and six pictures at the five a second that cameras fall to in the dark, several times over. */
const STILL_MS = 10_000
/** A JPEG of nothing at all is smaller. */
const LEAST_BYTES = 2_000
const FOLDER = 'fanreel-still-'

/** Ids of processes whose command line names this. */
const processesNaming = async (text: string): Promise<number[]> => {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  return ids.filter((_, index) => commands[index]?.includes(text)).map(Number)
}

/** Folders of stills that were given up and whose processes may live on: one that waits inside the kernel ends by no signal. */
const givenUp = new Set<string>()

/** Whether a still of ours that was given up is at it yet. */
export const isStillPending = async (): Promise<boolean> => {
  for (const folder of givenUp) if ((await processesNaming(folder)).length === 0) givenUp.delete(folder)
  return givenUp.size > 0
}

const endAll = async (folder: string): Promise<void> => {
  for (const id of await processesNaming(folder))
    try {
      process.kill(id, 'SIGKILL')
    } catch (error) {
      // It has ended meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
}

/**
 * @param options `warmUp`: skip pictures until the camera has found its light; `withinMs`: what comes later does not count;
 * `end`: ends every process that names a folder
 */
export const takeStill = async (
  device: string,
  options: { warmUp: boolean; withinMs?: number; end?: (folder: string) => Promise<void> },
): Promise<'picture' | 'no picture' | 'late'> => {
  const { warmUp, withinMs = STILL_MS, end = endAll } = options
  const folder = await mkdtemp(join(tmpdir(), FOLDER))
  let timer: NodeJS.Timeout | undefined
  try {
    const camera = webcam.create({
      device,
      width: 1280,
      height: 720,
      output: 'jpeg',
      quality: 60,
      delay: 0,
      skip: warmUp ? SKIPPED_FRAMES : 0,
      frames: 1,
      callbackReturn: 'location',
      saveShots: true,
      verbose: false,
    })
    const path = join(folder, 'still')
    const taken = new Promise<'taken' | 'refused'>((resolve) =>
      camera.capture(path, (error) => resolve(error === null || error === undefined ? 'taken' : 'refused')),
    )
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), withinMs)
    })
    const came = await Promise.race([taken, late])
    if (came === 'late') {
      givenUp.add(folder)
      await end(folder)
      return 'late'
    }
    const still = await readFile(`${path}.jpg`).catch(() => Buffer.alloc(0))
    return still.length >= LEAST_BYTES && still[0] === 0xff && still[1] === 0xd8 ? 'picture' : 'no picture'
  } finally {
    clearTimeout(timer)
    await rm(folder, { recursive: true, force: true })
  }
}
