/**
 * Notices that whoever started this process is gone. npm hands a request to end to its shell alone; the shell goes, and what it
 * ran is nobody's any more: without a look at its parent it would hold its ports for ever.
 */

/** How often the parent is looked at, in milliseconds: nothing tells a process that it has become an orphan. */
const LOOK_MS = 500

/**
 * Calls `gone` once, when the process has another parent than at first. The watch keeps nothing running, and ends with `stopped`.
 * @param ppid the parent's process id, as it is now
 */
export const onParentGone = (
  gone: () => void,
  { stopped, ppid = () => process.ppid }: { stopped?: AbortSignal; ppid?: () => number } = {},
): void => {
  const first = ppid()
  const end = () => clearInterval(timer)
  const timer = setInterval(() => {
    if (ppid() === first) return
    end()
    gone()
  }, LOOK_MS)
  timer.unref()
  stopped?.addEventListener('abort', end, { once: true })
}
