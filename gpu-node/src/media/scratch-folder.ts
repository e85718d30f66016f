/** A folder of a test's own, gone when the test file ends. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** Makes the folder; call at the top of a test file. */
export const scratchFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-media-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}
