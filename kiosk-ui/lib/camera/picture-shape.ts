/** The shape of the picture that is filmed, by the camera's own. What is shown is what is recorded, all of it. Pure. */

/** Upright, three to four: wide enough for arms, narrow enough for a film of nine to sixteen. */
export const PICTURE_RATIO = 3 / 4

export type Size = { width: number; height: number }

/**
 * To what a camera's picture is cropped, in pixels: a wider one to the upright shape at its full height, in even numbers.
 * Undefined where it stays as it is: upright, or taller, which is shown whole.
 */
export const uprightSize = ({ width, height }: Size): Size | undefined =>
  height === 0 || width / height <= PICTURE_RATIO ? undefined : { width: Math.round((height * PICTURE_RATIO) / 2) * 2, height }
