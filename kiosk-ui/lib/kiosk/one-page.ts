/**
 * One page at a time is the kiosk. All pages of a browser share its disk: a second one that tidied it would take the
 * recording from the visitor who stands before the first, and two that record or send would do it over each other.
 */
const KIOSK_LOCK = 'fanreel-outbox'

/** A page that is loaded again has let go by now; one that has not will not, until somebody closes it. */
const SOON_MS = 1_500

/**
 * Waits until no other page of this browser is the kiosk. A page that is closed, loaded again or crashes gives way by itself.
 *
 * @param onOther called once where another page is the kiosk and stays it
 * @returns the way to give way
 * @throws DOMException `AbortError` when the signal is aborted before its turn came
 */
export const becomeTheKiosk = (signal: AbortSignal, onOther: () => void): Promise<() => void> =>
  new Promise<() => void>((resolve, reject) => {
    const waiting = setTimeout(onOther, SOON_MS)
    const hold = () => {
      clearTimeout(waiting)
      return new Promise<void>((giveWay) => resolve(giveWay))
    }
    navigator.locks.request(KIOSK_LOCK, { signal }, hold).catch((fault) => {
      clearTimeout(waiting)
      reject(fault)
    })
  })
