/**
 * Windows that were chosen one by one can leave gaps nobody fits into. This sets them side by side in the order of their
 * choice, moved and shortened as little as it takes, so that a clip that is long enough never shows a second twice (F2).
 */
import type { Window } from './windows.ts'

type Wish = Window & { leastMs: number }

const fill = (wishes: readonly Wish[], room: Window): Window[] | undefined => {
  const space = room.endMs - room.startMs
  const least = wishes.reduce((sum, wish) => sum + wish.leastMs, 0)
  if (least > space + 0.001) return undefined
  const wanted = wishes.reduce((sum, wish) => sum + wish.endMs - wish.startMs, 0)
  // Between its least and its wish, each gives up the same share.
  const share = wanted <= space ? 1 : wanted === least ? 0 : (space - least) / (wanted - least)
  const lengths = wishes.map((wish) => wish.leastMs + (wish.endMs - wish.startMs - wish.leastMs) * share)
  const placed = wishes.map((wish, index) => ({ startMs: wish.startMs, endMs: wish.startMs + (lengths[index] ?? 0) }))
  let from = room.startMs
  placed.forEach((window, index) => {
    window.startMs = Math.max(window.startMs, from)
    window.endMs = window.startMs + (lengths[index] ?? 0)
    from = window.endMs
  })
  let to = room.endMs
  for (let index = placed.length - 1; index >= 0; index--) {
    const window = placed[index]
    if (!window) continue
    window.endMs = Math.min(window.endMs, to)
    window.startMs = window.endMs - (lengths[index] ?? 0)
    to = window.startMs
  }
  return placed
}

/**
 * Sets windows side by side around a fixed one. Answers them in the order given, or nothing where the clip is too short
 * for all of them at their least length.
 */
export const untangle = (wishes: readonly Wish[], fixed: Window | undefined, durationMs: number): Window[] | undefined => {
  const order = wishes
    .map((wish, index) => ({ wish, index }))
    .sort((a, b) => a.wish.startMs - b.wish.startMs || a.index - b.index)
  const before: Window = { startMs: 0, endMs: fixed ? fixed.startMs : durationMs }
  const after: Window = { startMs: fixed ? fixed.endMs : durationMs, endMs: durationMs }
  let best: { placed: Window[]; cost: number } | undefined
  for (let split = 0; split <= order.length; split++) {
    const left = fill(
      order.slice(0, split).map(({ wish }) => wish),
      before,
    )
    const right = fill(
      order.slice(split).map(({ wish }) => wish),
      after,
    )
    if (!left || !right) continue
    const placed = [...left, ...right]
    const cost = placed.reduce((sum, window, k) => {
      const wish = order[k]?.wish
      return wish
        ? sum + Math.abs(window.startMs - wish.startMs) + 2 * (wish.endMs - wish.startMs - (window.endMs - window.startMs))
        : sum
    }, 0)
    if (!best || cost < best.cost) best = { placed, cost }
  }
  if (!best) return undefined
  const { placed } = best
  return wishes.map((_, index) => placed[order.findIndex((entry) => entry.index === index)] ?? { startMs: 0, endMs: 0 })
}
