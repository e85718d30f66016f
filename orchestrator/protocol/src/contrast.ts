/** How well one colour is read on another. */

/** Contrast below which text cannot be read by everybody (WCAG 2.2, success criterion 1.4.3). */
export const LEAST_CONTRAST = 4.5

/** Relative luminance, 0..1, of `#rrggbb` (WCAG 2.2, "relative luminance"). */
const luminanceOf = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const channels = (colour: string): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))

/** `#rrggbb` with this share, 0..1, of another colour laid over it, as the browser lays it (sRGB). */
export const laidOver = (ground: string, colour: string, share: number): string => {
  const over = channels(colour)
  const mixed = channels(ground).map((value, at) => Math.round(value + ((over[at] ?? 0) - value) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

/** Contrast of two colours as `#rrggbb`, 1..21; the order does not matter. */
export const contrastOf = (one: string, other: string): number => {
  const [light = 0, dark = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}
