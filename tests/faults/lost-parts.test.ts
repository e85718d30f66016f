/** Parts of a real installation that vanish in the middle of a real visit. Nothing may be lost, doubled or left hanging. */
import { basename, join } from 'node:path'
import type { Uploader } from '@fanreel/kiosk-ui/uploader'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesUnder } from '../support/files-under.ts'
import { type Installation, startInstallation } from '../support/installation.ts'
import { sampleVisitor } from '../support/media.ts'
import { isOver, openKiosk, sendVisitor } from '../support/visitor.ts'
import { IS_WHOLE } from '../support/whole.ts'
import { IS_FULL } from './fault.ts'

let installation: Installation
let kiosk: Uploader

beforeAll(async () => {
  installation = await startInstallation({ nodes: 1 })
  kiosk = openKiosk(installation)
}, 120_000)
afterAll(async () => {
  kiosk?.close()
  await installation?.stop()
})

describe('a visit survives', () => {
  // Each of these faults has a short form of its own; this one draws a whole film.
  if (IS_WHOLE || IS_FULL)
    it('its node killed in mid-film, Redis killed and restarted, and a new orchestrator, in one go', async () => {
      const visitor = await sendVisitor(kiosk, installation, { clip: sampleVisitor })
      await visitor.until((view) => view.state === 'rendering' && view.stage === 'cast')
      await installation.nodes.get('node-1')?.kill()
      const replacement = installation.startNode('node-2')

      // The work comes back by itself and goes to the other node.
      await visitor.until((view) => view.state === 'queued' && view.seq > 4, 60_000)
      await replacement
      await visitor.until((view) => view.state === 'rendering' && view.stage === 'cast', 60_000)

      await installation.redis.kill()
      await installation.restart('redis')
      await installation.orchestrator.stop()
      await installation.restart('orchestrator')

      const view = await visitor.until(isOver, 240_000)
      expect(view.state).toBe('ready')
      expect((await fetch(`${visitor.pickupUrl}/reel`, { headers: { range: 'bytes=0-0' } })).status).toBe(206)
      const files = (await filesUnder(join(installation.folder, 'media'))).filter((file) => file.includes(visitor.visitId))
      const kinds = files.map((file) => basename(file).replace(/-?[0-9a-f]{64}$/, '')).sort()
      expect(kinds).toEqual(['poster', 'reel', 'sheet', 'shot-list'])
    }, 420_000)

  it('a Redis that is gone while the clip is sent: the kiosk is told so and goes on when it is back', async () => {
    const online = await kiosk.online()
    expect(online.ok).toBe(true)
    await installation.redis.kill()
    const sending = sendVisitor(kiosk, installation, { clip: sampleVisitor })
    const ready = await fetch(`${installation.url}/ready`)
    expect(ready.status).toBe(503)
    expect((await fetch(`${installation.url}/health`)).status).toBe(200)
    // The line to the orchestrator stands all the while: only its answers say that it has lost its memory.
    await expect.poll(() => kiosk.connection, { timeout: 30_000 }).toMatchObject({ state: 'offline', code: 'unavailable' })
    await installation.restart('redis')
    await kiosk.online()
    const visitor = await sending
    await visitor.until((view) => view.state === 'queued' || view.state === 'rendering')
    expect((await fetch(visitor.pickupUrl, { method: 'DELETE' })).ok).toBe(true)
  }, 120_000)
})
