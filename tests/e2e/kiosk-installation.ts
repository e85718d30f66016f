/** An installation for the tests of one file: started before the first of them, stopped after the last. */
import { afterAll, beforeAll } from 'vitest'
import type { FakeNode } from '../support/fake-node.ts'
import { type Installation, type InstallationOptions, startInstallation } from '../support/installation.ts'
import { playNode } from '../support/installed-node.ts'

/** Filled before the first test; whoever asks earlier finds nothing. */
export type Played = { installation: Installation; node: FakeNode }

/**
 * Kiosks behind one front door unless told otherwise, and a node that the tests play: no film is drawn.
 * To be called where a file's or a group's own hooks stand.
 */
export const useInstallation = (options: InstallationOptions = {}): Played => {
  const played = {} as Played
  beforeAll(async () => {
    played.installation = await startInstallation({ screens: 'front-door', nodes: 0, ...options })
    played.node = await playNode(played.installation)
  }, 240_000)
  afterAll(async () => {
    played.node?.close()
    await played.installation?.stop()
  })
  return played
}
