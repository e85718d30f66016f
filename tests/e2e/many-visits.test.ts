/** Visitor after visitor on one page: each finds the kiosk as the first did. The figures are `npm run bench:kiosk`'s to judge. */
import { expect, it } from 'vitest'
import { manyVisits, refuseAll } from '../bench/many-visits.ts'
import { startInstallation } from '../support/installation.ts'
import { playNode } from '../support/installed-node.ts'
import { sampleVisitor } from '../support/media.ts'
import { openKioskBrowser } from './kiosk-browser.ts'
import { piecesLeft } from './screen-checks.ts'

it('serves two visitors in a row and keeps nothing of them', async () => {
  const installation = await startInstallation({ screens: 'front-door', nodes: 0 })
  try {
    const node = await playNode(installation)
    refuseAll(node)
    const browser = await openKioskBrowser({ clip: sampleVisitor, touch: true, guided: true, collects: true })
    try {
      const grown = await manyVisits({ browser, url: installation.kioskUrl, visits: 2, say: () => undefined })
      expect(grown.visits).toBe(2)
      for (const bytes of [...grown.heapBytes, ...grown.memoryBytes]) expect(bytes).toBeGreaterThan(0)
      await expect.poll(() => piecesLeft(browser.page)).toBe(0)
      expect(browser.faults).toEqual([])
    } finally {
      await browser.close()
      node.close()
    }
  } finally {
    await installation.stop()
  }
}, 300_000)
