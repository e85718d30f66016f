/** Visit after visit in one page, on a clock that runs ahead, and what the browser holds after a collection. */
import { readdir, readFile } from 'node:fs/promises'
import { FLOW_MS } from '../../kiosk-ui/lib/flow/flow-types.ts'
import type { KioskBrowser } from '../e2e/kiosk-browser.ts'
import { wordsOf } from '../e2e/visitor-walk.ts'
import type { FakeNode } from '../support/fake-node.ts'

export type Grown = {
  visits: number
  /** JavaScript heap after a forced collection, in bytes, at a tenth of the visits and at their end. */
  heapBytes: [early: number, late: number]
  heapGrowth: number
  /** Resident memory of the page's own process, in bytes. */
  memoryBytes: [early: number, late: number]
  memoryGrowth: number
}

const RECORDED_MS = 1_000

/** Resident memory of the largest renderer below a process, in bytes: the one that shows the page. */
const rendererBytes = async (profile: string): Promise<number> => {
  let most = 0
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!command.includes('--type=renderer') || !command.includes(profile)) continue
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    most = Math.max(most, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024)
  }
  return most
}

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
  await page.clock.install()
  await page.goto(url)
  const devtools = await context.newCDPSession(page)
  const held = async () => {
    await devtools.send('HeapProfiler.collectGarbage')
    const { usedSize } = await devtools.send('Runtime.getHeapUsage')
    return { heap: usedSize, memory: await rendererBytes(profile) }
  }
  /** A screen hears no touch in its first moments; those need not be waited for here. */
  const touch = async (target = button(words.common.next)) => {
    await target.waitFor({ timeout: 60_000 })
    await page.clock.runFor(500)
    await target.tap({ timeout: 60_000 })
  }
  const visit = async () => {
    await touch(button(words.attract.touch))
    await touch(page.getByRole('button', { name: 'Hello' }))
    await page.getByText(words.consent.title, { exact: true }).waitFor()
    await page.clock.runFor(500)
    for (const box of await page.getByRole('checkbox').all()) await box.tap()
    await touch(button(words.consent.agree))
    await touch(page.getByRole('button', { name: words.world.choose }).first())
    await touch(button(words.name.skip))
    const record = page.getByRole('button', { name: words.frame.record, disabled: false })
    await record.or(button(words.record.stop)).waitFor({ timeout: 60_000 })
    await record.tap({ timeout: 1_000 }).catch(() => undefined)
    await page.clock.runFor(FLOW_MS.COUNTDOWN)
    await page.getByText(words.record.recording, { exact: true }).waitFor()
    await page.waitForTimeout(RECORDED_MS)
    await page.clock.runFor(FLOW_MS.TAKE)
    await touch(button(words.review.send))
    await touch(button(words.pickup.done))
    await page.clock.runFor(FLOW_MS.GOODBYE)
  }

  const early = Math.max(1, Math.round(visits / 10))
  let before = { heap: 0, memory: 0 }
  for (let count = 1; count <= visits; count++) {
    await visit()
    if (count === early) before = await held()
    if (count % 10 === 0) {
      const { heap, memory } = await held()
      say(`${count} visits: heap ${(heap / 1e6).toFixed(1)} MB, page's process ${(memory / 1e6).toFixed(0)} MB`)
    }
  }
  const after = await held()
  return {
    visits,
    heapBytes: [before.heap, after.heap],
    heapGrowth: after.heap / before.heap - 1,
    memoryBytes: [before.memory, after.memory],
    memoryGrowth: after.memory / before.memory - 1,
  }
}
