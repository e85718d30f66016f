/** sRGB's curve (IEC 61966-2-1), between what a screen is told and the light it gives, both 0..1. Phones show BT.709 video by it too. */

/** The light of a display value. */
export const toLinear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

/** The display value of an amount of light. */
export const toDisplay = (light: number): number => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055)
