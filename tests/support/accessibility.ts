/** Whether everybody can use a page as it stands in a browser. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const AXE = `axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`

/**
 * What axe-core finds on the present screen by all its rules, WCAG 2.2's among them, as `rule: element`; nothing on a good one.
 *
 * It looks from a world of its own beside the page's: the page's clock may stand still there, and axe waits by timers.
 */
export const accessibilityFaults = async (page: Page): Promise<string[]> => {
  const session = await page.context().newCDPSession(page)
  try {
    const { frameTree } = await session.send('Page.getFrameTree')
    const world = { frameId: frameTree.frame.id, worldName: 'axe' }
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', world)
    await session.send('Runtime.evaluate', { contextId, expression: axeSource })
    const asked = { contextId, expression: AXE, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', asked)
    if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
    return result.value as string[]
  } finally {
    await session.detach()
  }
}

/** Resolves when what comes onto the screen once has come; what moves for ever, and what shows time running out, does not count. */
export const standing = async (page: Page): Promise<void> => {
  await page.evaluate(`Promise.all(document.getAnimations().map((one) =>
    one.effect.getTiming().iterations === 1 && !one.effect.target?.closest('.clock')
      ? one.finished.catch(() => undefined)
      : undefined)).then(() => undefined)`)
}
