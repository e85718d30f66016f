/** The kiosk while nobody is here: the invitation and whatever keeps it from being one, and the team's own settings. */
import { wordsOf } from '../e2e/visitor-walk.ts'
import { standing } from '../support/accessibility.ts'
import { KIOSK_PIN } from './stage.ts'
import { LONGER_MS, type Tour, tools } from './tour-tools.ts'

export const atHome = async (tour: Tour): Promise<void> => {
  const { stage, kiosk } = tour
  const { dressing } = kiosk
  const { page, words, touch, stop, says } = tools(tour)
  // A kiosk that has just been switched on, and does not find its orchestrator yet.
  dressing.cut(true)
  await page.goto(stage.url, { timeout: 180_000 })
  await stop('attract-connecting', says(words.attract.connecting))
  // Its token was taken back while it was away: the team does not know of it.
  dressing.forget(true)
  dressing.cut(false)
  await stop('attract-untold', says(words.attract.outOfOrderTell))
  dressing.forget(false)
  dressing.cut(true)
  dressing.cut(false)
  await page.getByRole('button', { name: words.attract.touch }).waitFor({ timeout: LONGER_MS })
  const closed = { paused: 'paused', 'no-nodes': 'noNodes', overloaded: 'overloaded' } as const
  for (const [reason, key] of Object.entries(closed)) {
    dressing.status({ open: false, reason: reason as keyof typeof closed })
    await stop(`attract-${reason}`, says(words.attract[key]))
  }
  dressing.status({ open: true })
  dressing.closed('out-of-order')
  await stop('attract-out-of-order', says(words.attract.outOfOrder))
  dressing.closed(undefined)
  dressing.status({ open: true, waitMs: 6 * 60_000 })
  await stop('attract-long-wait', says(words.attract.touch))
  dressing.status({ open: true })
  await stop('attract', says(words.attract.touch))
  await touch(words.comfort.open)
  await stop('comfort', page.getByRole('dialog'))
  await touch(words.comfort.close)
}

/** In English: the settings are the team's. */
export const inSettings = async (tour: Tour): Promise<void> => {
  const { page, touch, stop, says } = tools(tour)
  for (let count = 0; count < 5; count++) await page.getByTestId('admin-corner').click()
  await stop('admin-pin', page.getByRole('dialog'))
  await touch('1')
  await touch('OK')
  await stop('admin-pin-wrong', says('Not this one.'))
  // The true answer to many wrong ones would hold for every tour that follows within a minute.
  await page.route('**/admin', (route) => route.fulfill({ json: { answer: 'closed' } }))
  await touch('1')
  await touch('OK')
  await stop('admin-pin-locked', says('Too many wrong ones. Try again in a minute.'))
  await page.unroute('**/admin')
  for (const digit of KIOSK_PIN) await touch(digit)
  await touch('OK')
  await stop('admin', page.getByRole('dialog').locator('dl'))
  await touch('Load the page again')
  await stop('admin-restart', page.getByRole('button', { name: 'Load it now' }))
  await touch('Not now')
  await touch('Close')
}

/** Pages that are not to be the kiosk, each by a page of its own beside it. */
export const atOtherDoors = async ({ stage, kiosk, language, onScreen, wanted = () => true }: Tour): Promise<void> => {
  const { attract, camera } = wordsOf(language)
  const doors = [
    { name: 'attract-another-page', says: attract.anotherPage },
    { name: 'attract-not-the-station', says: attract.notTheStation, from: '203.0.113.9' },
    // As a page is by plain http from another machine.
    {
      name: 'attract-insecure',
      says: camera.insecure,
      first: `Object.defineProperty(window, 'isSecureContext', { get: () => false })`,
    },
  ]
  for (const { name, says, from, first } of doors.filter((door) => wanted(door.name))) {
    const page = await kiosk.page.context().newPage()
    if (from !== undefined) await page.setExtraHTTPHeaders({ 'x-forwarded-for': from })
    if (first !== undefined) await page.addInitScript(first)
    await page.goto(stage.url)
    await page.getByText(says, { exact: true }).waitFor({ timeout: LONGER_MS })
    await standing(page)
    await onScreen(name, page)
    await page.close()
  }
}
