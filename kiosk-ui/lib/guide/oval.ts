/**
 * The place for the face, once for what is drawn and for what is judged. Measured in the stage: the largest box of three to
 * four within the picture, at its top and in its middle, 300 x 400 whatever the camera. Pure.
 */
import type { FaceBox } from '@fanreel/protocol'
import { PICTURE_RATIO } from '../camera/picture-shape.ts'

export const STAGE = { width: 300, height: 300 / PICTURE_RATIO } as const
/** Middle and radii of the oval, in units of the stage. */
export const OVAL = { cx: 150, cy: 164, rx: 80, ry: 108 } as const

/** The ring leaves a face this much room on each side, as shares of the face's box: hair and chin included. */
const ROOM = { across: 0.62, down: 0.68 }

export type Ring = { cx: number; cy: number; rx: number; ry: number }

/** The ring round a face, in units of the stage; not mirrored. */
export const ringOf = (picture: { width: number; height: number }, box: FaceBox): Ring => {
  const scale = Math.max(STAGE.width / picture.width, STAGE.height / picture.height)
  return {
    cx: STAGE.width / 2 + (box.x + box.width / 2 - picture.width / 2) * scale,
    cy: (box.y + box.height / 2) * scale,
    rx: box.width * scale * ROOM.across,
    ry: box.height * scale * ROOM.down,
  }
}

/** A face wider than this share of the oval is too near. */
const MOST_WIDE = 1.05
/** The middle of a face may lie within this share of the oval's radii from its middle. */
const INNER = 0.5

export type Misplacement = 'tooNear' | 'leftward' | 'rightward' | 'above' | 'below'

/**
 * How a ring misses its place; `leftward` is the picture's left. A face stands in the oval when its own middle lies in the
 * oval's inner half and its ring holds the oval's middle: a small face in one half of the oval is not in its place.
 */
export const misplacementOf = ({ cx, cy, rx, ry }: Ring): Misplacement | undefined => {
  if (rx / ROOM.across > 2 * OVAL.rx * MOST_WIDE) return 'tooNear'
  const [aside, down] = [cx - OVAL.cx, cy - OVAL.cy]
  if (Math.abs(aside) > Math.min(rx, OVAL.rx * INNER)) return aside < 0 ? 'leftward' : 'rightward'
  if (Math.abs(down) > Math.min(ry, OVAL.ry * INNER)) return down < 0 ? 'above' : 'below'
  return undefined
}

/** Whether the middle of a face that is too low still lies in the oval: whoever sits, or is small, cannot come higher. */
export const isWithinReach = ({ cy }: Ring): boolean => cy - OVAL.cy <= OVAL.ry
