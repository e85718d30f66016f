/**
 * Visit after visit in one page of a browser that collects when it is told to, on a clock that runs ahead, and what the browser holds after a collection. Without motion:
 * beams of light drawn without a graphics card are all that a machine does otherwise, and hold no memory.
 */
import { FLOW_MS } from '../../kiosk-ui/lib/flow/flow-types.ts'
import { LANGUAGE_NAMES } from '../../kiosk-ui/lib/language-names.ts'
import type { KioskBrowser } from '../e2e/kiosk-browser.ts'
import { leapThroughTake, wordsOf } from '../e2e/visitor-walk.ts'
import type { FakeNode } from '../support/fake-node.ts'
import { browserMemory } from './browser-memory.ts'
import { median, rounded } from './figures.ts'

/** What is held after so many visits and a forced collection, in bytes. */
export type Held = {
  visit: number
  heapBytes: number
  /** Memory of the page's own process, shared pages by their share (PSS). */
  memoryBytes: number
  /** The same of the whole browser. */
  browserBytes: number
  /** Nodes of documents that are still known, those on the screen among them. */
  nodes: number
}
export type Grown = {
  visits: number
  /** At a tenth of the visits and at their end. */
  heapBytes: [early: number, late: number]
  heapGrowth: number
  memoryBytes: [early: number, late: number]
  memoryGrowth: number
  browserGrowth: number
  /** Wall time of the median visit, and of the browser's own work in an average one, in milliseconds. */
  visitMs: number
  cpuMs: number
  series: Held[]
}

/** How often what is held is measured. */
const EVERY = 10
/** What is held does not depend on how busy the machine is: a slow screen is waited for. */
const PATIENCE_MS = 240_000

/** Refuses every film at once, so that the kiosk lets go of each clip and no queue grows. */
export const refuseAll = (node: FakeNode): void => {
  node.onOffer = (offer) => {
    const { renderId, leaseToken } = offer
    setImmediate(() => void node.ask('render:failed', { renderId, leaseToken, code: 'clip-too-dark', class: 'bad-input' }))
    return { accept: true }
  }
}

export const manyVisits = async (options: {
  browser: KioskBrowser
  url: string
  visits: number
  say: (line: string) => void
}): Promise<Grown> => {
  const { browser, url, visits, say } = options
  const { page, context, profile } = browser
  const words = wordsOf('en')
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.clock.install()
  await page.goto(url)
  const devtools = await context.newCDPSession(page)
  const hold = async (visit: number): Promise<Held> => {
    // A worker has a heap of its own, which a collection of the page's leaves alone.
    for (const worker of page.workers()) await worker.evaluate('gc()')
    await devtools.send('HeapProfiler.collectGarbage')
    // What is kept only while there is room, decoded pictures and freed pages, is no memory that is held.
    await devtools.send('Memory.simulatePressureNotification', { level: 'critical' })
    await devtools.send('HeapProfiler.collectGarbage')
    const { usedSize } = await devtools.send('Runtime.getHeapUsage')
    const { nodes } = await devtools.send('Memory.getDOMCounters')
    const { pageBytes, browserBytes } = await browserMemory(profile)
    return { visit, heapBytes: usedSize, memoryBytes: pageBytes, browserBytes, nodes }
  }
  /** A screen hears no touch in its first moments; those need not be waited for here. */
  const touch = async (target = button(words.common.next)) => {
    await target.waitFor({ timeout: PATIENCE_MS })
    await page.clock.runFor(500)
    await target.tap({ timeout: PATIENCE_MS })
  }
  const visit = async () => {
    await button(words.attract.touch).waitFor({ timeout: PATIENCE_MS })
    await touch(button(LANGUAGE_NAMES.en))
    await page.getByText(words.consent.title, { exact: true }).waitFor({ timeout: PATIENCE_MS })
    await page.clock.runFor(500)
    for (const box of await page.getByRole('checkbox').all()) await box.tap()
    await touch(button(words.consent.agree))
    await touch(page.getByRole('button', { name: words.world.choose }).first())
    await touch(button(words.name.skip))
    const record = page.getByRole('button', { name: words.frame.record, disabled: false })
    await record.or(button(words.record.stop)).waitFor({ timeout: PATIENCE_MS })
    // A take that has begun by itself has taken the button away.
    await record.tap({ timeout: 5_000 }).catch(() => undefined)
    await leapThroughTake(page, words, PATIENCE_MS)
    await touch(button(words.review.send))
    await touch(button(words.pickup.done))
    await page.clock.runFor(FLOW_MS.GOODBYE)
  }

  const early = Math.max(1, Math.round(visits / 10))
  const series: Held[] = []
  const visitMs: number[] = []
  const { cpuMs: cpuBefore } = await browserMemory(profile)
  for (let count = 1; count <= visits; count++) {
    const from = performance.now()
    await visit()
    visitMs.push(performance.now() - from)
    if (count !== early && count !== visits && count % EVERY !== 0) continue
    const held = await hold(count)
    series.push(held)
    const [heap, memory, browser] = [held.heapBytes, held.memoryBytes, held.browserBytes].map((bytes) => (bytes / 1e6).toFixed(1))
    say(
      `${count} visits: heap ${heap} MB, page's process ${memory} MB, browser ${browser} MB, ${held.nodes} nodes, ${(median(visitMs.slice(-EVERY)) / 1_000).toFixed(1)} s a visit`,
    )
  }
  const { cpuMs } = await browserMemory(profile)
  const before = series.find((held) => held.visit === early)
  const after = series.at(-1)
  if (!before || !after) throw new Error('nothing was measured: at least one visit')
  return {
    visits,
    heapBytes: [before.heapBytes, after.heapBytes],
    heapGrowth: rounded(after.heapBytes / before.heapBytes - 1, 4),
    memoryBytes: [before.memoryBytes, after.memoryBytes],
    memoryGrowth: rounded(after.memoryBytes / before.memoryBytes - 1, 4),
    browserGrowth: rounded(after.browserBytes / before.browserBytes - 1, 4),
    visitMs: Math.round(median(visitMs)),
    cpuMs: Math.round((cpuMs - cpuBefore) / visits),
    series,
  }
}
