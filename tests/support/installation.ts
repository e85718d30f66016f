/** A whole installation of a test's own, in a folder that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Installation, type InstallationOptions, startInstallation as start } from '../../ops/installation/installation.ts'

export type TestInstallation = Installation & { readonly folder: string }

export const startInstallation = async (options: Omit<InstallationOptions, 'folder'> = {}): Promise<TestInstallation> => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-test-'))
  try {
    const installation = await start({ screens: 'none', ...options, folder })
    const stop = async () => {
      await installation.stop()
      await rm(folder, { recursive: true, force: true })
    }
    // Getters stay alive: a restarted process is another child.
    return Object.defineProperties({ folder, stop } as TestInstallation, {
      ...Object.getOwnPropertyDescriptors(installation),
      stop: { value: stop },
      folder: { value: folder },
    })
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
