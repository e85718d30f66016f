/**
 * One page at a time is the kiosk. All pages of a browser share its disk: a second one that tidied it would take the
 * recording from the visitor who stands before the first, and two that record or send would do it over each other.
 */
const KIOSK_LOCK = 'fanreel-outbox'

/**
 * Waits until no other page of this browser is the kiosk. A page that is closed, loaded again or crashes gives way by itself.
 *
 * @returns the way to give way
 * @throws DOMException `AbortError` when the signal is aborted before its turn came
 */
export const becomeTheKiosk = (signal: AbortSignal): Promise<() => void> =>
  new Promise((resolve, reject) => {
    const hold = () => new Promise<void>((giveWay) => resolve(giveWay))
    navigator.locks.request(KIOSK_LOCK, { signal }, hold).catch(reject)
  })
