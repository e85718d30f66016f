/** Whether everybody can use a page as it stands in a browser. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const runAxe = (options: string) => `axe.run({ resultTypes: ['violations'], ${options} }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`
const AXE = runAxe("rules: { 'target-size': { enabled: true } }")
/** All that depends on how light the page is. */
const AXE_OF_COLOURS = runAxe("runOnly: ['color-contrast', 'link-in-text-block']")

/**
 * Evaluates expressions in a world of our own beside the page's, and answers what the last one is or resolves with: the page's
 * own clock may stand still, while timers and frames go on there.
 */
export const besidePage = <T>(page: Page, ...expressions: string[]): Promise<T> =>
  worldBeside(page, async (evaluate) => {
    let last: unknown
    for (const expression of expressions) last = await evaluate(expression)
    return last as T
  })

const worldBeside = async <T>(
  page: Page,
  work: (evaluate: (expression: string) => Promise<unknown>) => Promise<T>,
): Promise<T> => {
  const session = await page.context().newCDPSession(page)
  try {
    const { frameTree } = await session.send('Page.getFrameTree')
    const world = { frameId: frameTree.frame.id, worldName: 'beside' }
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', world)
    return await work(async (expression) => {
      const asked = { contextId, expression, awaitPromise: true, returnByValue: true }
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', asked)
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
      return result.value
    })
  } finally {
    await session.detach()
  }
}

/** What axe-core finds on the present screen by all its rules, WCAG 2.2's among them, as `rule: element`; nothing on a good one. */
export const accessibilityFaults = (page: Page): Promise<string[]> => besidePage(page, `${axeSource};undefined`, AXE)

/** The same by night and by day. The night goes first; only what depends on light is looked for a second time. */
export const faultsByNightAndDay = (page: Page): Promise<string[]> =>
  worldBeside(page, async (evaluate) => {
    await evaluate(`${axeSource};undefined`)
    await page.emulateMedia({ colorScheme: 'dark' })
    const night = (await evaluate(AXE)) as string[]
    await page.emulateMedia({ colorScheme: 'light' })
    const day = (await evaluate(AXE_OF_COLOURS)) as string[]
    return [...night, ...day.map((fault) => `by day: ${fault}`)]
  })

/** Resolves when what comes onto the screen once has come; what moves for ever, by scrolling, or as time runs out does not count. */
export const standing = async (page: Page): Promise<void> => {
  await page.evaluate(`Promise.all(document.getAnimations().map((one) =>
    one.timeline === document.timeline && one.effect.getTiming().iterations === 1 && !one.effect.target?.closest('.clock')
      ? one.finished.catch(() => undefined)
      : undefined)).then(() => undefined)`)
}
