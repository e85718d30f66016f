/** Where an arrow key leads: keypads for people who cannot see or reach a screen have four arrows and one button. */

export type Direction = 'up' | 'down' | 'left' | 'right'
export type Box = { left: number; right: number; top: number; bottom: number }

/** Going aside costs more than going on: the next key of a row is nearer than one of the row below. */
const ASIDE = 2.5

/**
 * The one of `places` that lies next in a direction, by the gap between the boxes and how far they miss each other.
 * @returns its index, or -1 where nothing lies that way
 */
export const nearest = (from: Box, places: readonly Box[], direction: Direction): number => {
  const across = direction === 'left' || direction === 'right'
  const ahead = direction === 'right' || direction === 'down' ? 1 : -1
  const middle = (box: Box, sideways: boolean) => (sideways ? box.left + box.right : box.top + box.bottom) / 2
  let [best, least] = [-1, Number.POSITIVE_INFINITY]
  for (const [index, place] of places.entries()) {
    const way = (middle(place, across) - middle(from, across)) * ahead
    if (way <= 1) continue
    const gap = across
      ? Math.max(0, place.top - from.bottom, from.top - place.bottom)
      : Math.max(0, place.left - from.right, from.left - place.right)
    const miss = Math.abs(middle(place, !across) - middle(from, !across))
    const cost = way + gap * ASIDE + miss * (gap > 0 ? 1 : 0.3)
    if (cost < least) [best, least] = [index, cost]
  }
  return best
}
