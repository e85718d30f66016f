/** How much room the browser still grants this kiosk for clips. */

export type DiskRoom = { usedBytes: number; grantedBytes: number }

/** Less than this is no room for another visitor's clip with all its retakes: 8 s at 5 Mbit/s is 5 MB. */
const LEAST_BYTES = 100_000_000
const LOOK_EVERY_MS = 30_000

/** Whether a visitor who begins now might find the disk full. */
export const isTight = ({ usedBytes, grantedBytes }: DiskRoom): boolean => grantedBytes - usedBytes < LEAST_BYTES

/**
 * Asks the browser to keep what lies here even when its disk grows full, and tells now and then how much room there is.
 * Answers with the way to stop. A browser that does not say counts as roomy: a write that fails is told by the outbox.
 */
export const watchDiskRoom = (
  tell: (room: DiskRoom) => void,
  storage: Pick<StorageManager, 'estimate' | 'persist'> = navigator.storage,
): (() => void) => {
  let stopped = false
  const look = async () => {
    const { usage, quota } = await storage.estimate()
    if (!stopped && usage !== undefined && quota !== undefined) tell({ usedBytes: usage, grantedBytes: quota })
  }
  // Refused where nobody has used the site much: then it is kept all the same until the disk is needed.
  storage.persist().catch(() => undefined)
  const lookOnce = () => void look().catch(() => undefined)
  lookOnce()
  const timer = setInterval(lookOnce, LOOK_EVERY_MS)
  return () => {
    stopped = true
    clearInterval(timer)
  }
}
