/** Whether everybody can use a page as it stands in a browser. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds on the present screen by all its rules, WCAG 2.2's among them, as `rule: element`; nothing on a good one. */
export const accessibilityFaults = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run({
      rules: { 'target-size': { enabled: true } },
    })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
  })
}

/** Resolves when what comes onto the screen once has come; what moves for ever, and what shows time running out, does not count. */
export const standing = async (page: Page): Promise<void> => {
  await page.evaluate(`Promise.all(document.getAnimations().map((one) =>
    one.effect.getTiming().iterations === 1 && !one.effect.target?.closest('.clock')
      ? one.finished.catch(() => undefined)
      : undefined)).then(() => undefined)`)
}
