/** Before the camera: what can go wrong with it, each thing that the guide says, and the take. */

import { FLOW_MS } from '../../kiosk-ui/lib/flow/flow-types.ts'
import type { Look } from '../../kiosk-ui/lib/guide/look.ts'
import { standing } from '../support/accessibility.ts'
import { doctor } from './doctored-browser.ts'
import { LOOKS_FOR, TOUR_OF_INSTRUCTIONS } from './dressed-looks.ts'
import { frozen, LONGER_MS, type Tour, tools, unseen } from './tour-tools.ts'

/** Names of a DOMException by the screen that each brings up. */
const FAULTS = {
  denied: 'NotAllowedError',
  missing: 'NotFoundError',
  busy: 'NotReadableError',
  unsuitable: 'OverconstrainedError',
  insecure: 'SecurityError',
  unknown: 'OddError',
} as const

export const pastFaults = async (tour: Tour): Promise<void> => {
  const { page, words, touch, stop, says } = tools(tour)
  for (const [fault, cameraFault] of Object.entries(FAULTS)) {
    await doctor(page, { cameraFault })
    await touch(words.common.next)
    await stop(`camera-${fault}`, says(words.camera[fault as keyof typeof FAULTS]))
    await touch(words.common.back)
  }
  await doctor(page, { cameraFault: 'silent' })
  await touch(words.common.next)
  await stop('studio-opening', says(words.frame.opening))
  await touch(words.common.back)
  await doctor(page, { cameraFault: undefined })
}

export const underGuidance = async (tour: Tour): Promise<void> => {
  const { page, words, touch, stop, says } = tools(tour)
  await doctor(page, { soundFault: 'none', dressedLook: LOOKS_FOR.left })
  await touch(words.common.next)
  await stop('studio-no-sound', says(words.frame.noSound))
  await touch(words.common.back)
  await doctor(page, { soundFault: 'silent' })
  await touch(words.common.next)
  for (const instruction of TOUR_OF_INSTRUCTIONS) {
    await doctor(page, { dressedLook: LOOKS_FOR[instruction] })
    // Nobody insists on a voice: the take begins all the same, and whoever calls it off begins the next one by hand.
    if (instruction === 'ready') await touch(words.record.stop)
    await stop(`studio-${instruction}`, page.locator(`[data-instruction=${instruction}]`))
  }
  await touch(words.common.back)
  await doctor(page, { soundFault: undefined, dressedLook: undefined })
}

/** As the browser tells that the camera was unplugged. */
const UNPLUG = `document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))`

/** From the camera's picture to the take, past one that breaks off, one that cannot begin and one that would be refused. */
export const record = async (tour: Tour): Promise<void> => {
  const { page, words, touch, stop, says, button } = tools(tour)
  await touch(words.common.next)
  await roll(tour)
  await doctor(page, { cameraFault: 'NotReadableError' })
  await page.evaluate(UNPLUG)
  await stop('camera-lost', says(words.camera.lost))
  await doctor(page, { cameraFault: undefined, recorderFault: 'UnknownError' })
  await touch(words.common.retry)
  await roll(unseen(tour))
  await stop('camera-recorder', says(words.camera.recorder))
  await doctor(page, { recorderFault: undefined })
  await touch(words.common.retry)
  await roll(unseen(tour), LOOKS_FOR.stepIn)
  await stop('review-unfit', button(words.review.sendAnyway))
  await touch(words.review.retake)
  await roll(unseen(tour))
  await stop('review', button(words.review.send))
}

/** As far as the recording, by the page's own clock, which goes on only as far as the next screen. @param seen while it records */
export const roll = async (tour: Tour, seen: Look = LOOKS_FOR.ready): Promise<void> => {
  const { page, words, says } = tools(tour)
  const begin = page.getByRole('button', { name: words.frame.record, disabled: false })
  // Something is left to mend: else the take would begin before a hand comes.
  await doctor(page, { dressedLook: LOOKS_FOR.left })
  await begin.waitFor({ timeout: LONGER_MS })
  await standing(page)
  const look = async (name: string) => ((tour.wanted?.(name) ?? true) ? tour.onScreen(name, page) : undefined)
  await frozen(page, async () => {
    await page.clock.runFor(500)
    await look('studio')
    await begin.click({ timeout: LONGER_MS })
    await says(words.record.getReady).first().waitFor()
    await look('studio-countdown')
    await doctor(page, { dressedLook: seen })
    await page.clock.runFor(FLOW_MS.COUNTDOWN + 200)
    await says(words.record.recording).or(says(words.camera.recorder)).first().waitFor()
    await look('studio-recording')
  })
}
