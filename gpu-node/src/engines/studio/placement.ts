/**
 * Where the visitor stands in the picture: so large that the framing is kept, and so that no edge at which the clip's own
 * border cut the body is ever seen (F5). Pure geometry in pixels.
 */
import type { Cast, CastFrame } from '../../vision/cast.ts'
import { median } from '../../vision/measures.ts'
import { type Affine, type Move, mapOf } from './compositor/affine.ts'

/** The visitor's figure in pixels of the clip, over the seconds that a shot plays. */
export type Figure = {
  eyeX: number
  eyeY: number
  faceWidth: number
  top: number
  bottom: number
  left: number
  right: number
  /** Whether the clip's lower border cuts the body. */
  cutBelow: boolean
  /** Height (clip pixels) of the highest point at which a side border cuts the body; absent where none does. */
  cutLeft?: number
  cutRight?: number
}

/** Pixels from the border within which a body counts as cut by it. */
const TOUCH_PX = 3

/** Measures the figure between two times; where no face is found there, over the whole clip. */
export const figureOf = (cast: Cast, startMs: number, endMs: number): Figure => {
  const inside = cast.frames.filter((frame) => frame.timeMs >= startMs - 1 && frame.timeMs <= endMs + 1)
  const faces = (frames: readonly CastFrame[]) => frames.flatMap((frame) => (frame.face ? [frame.face] : []))
  const seen = faces(inside).length > 0 ? faces(inside) : faces(cast.frames)
  const boxes = (inside.length > 0 ? inside : cast.frames).flatMap((frame) => (frame.person ? [frame.person] : []))
  const eyes = seen.map((face) => {
    const points = face.landmarks.slice(0, 4)
    if (points.length < 4) return { x: face.box.x + face.box.width / 2, y: face.box.y + face.box.height * 0.4 }
    return { x: points.reduce((sum, p) => sum + p.x, 0) / 4, y: points.reduce((sum, p) => sum + p.y, 0) / 4 }
  })
  const { width, height } = cast.clip
  const left = Math.min(...boxes.map((box) => box.x), width)
  const right = Math.max(...boxes.map((box) => box.x + box.width), 0)
  const bottom = Math.max(...boxes.map((box) => box.y + box.height), 0)
  return {
    eyeX: median(eyes.map((eye) => eye.x)),
    eyeY: median(eyes.map((eye) => eye.y)),
    faceWidth: Math.max(8, median(seen.map((face) => face.box.width))),
    top: median(boxes.map((box) => box.y)),
    bottom: bottom || height,
    left,
    right,
    cutBelow: bottom >= height - TOUCH_PX * 2,
  }
}

/** Topmost row of straight-alpha RGBA at which the cut-outs touch the clip's left and right border: where a straight cut would show. */
export const sideCuts = (bytes: Uint8Array, width: number, height: number) => {
  let left: number | undefined
  let right: number | undefined
  for (let y = 0; y < height; y++) {
    const row = y * width * 4
    if (left === undefined && (bytes[row + 7] ?? 0) > 90) left = y
    if (right === undefined && (bytes[row + width * 4 - 5] ?? 0) > 90) right = y
  }
  return { left, right }
}

export type Wish = {
  /** Width of the face and place of the eyes, pixels of the picture. */
  faceWidth: number
  eyeX: number
  eyeY: number
  /** From this height downwards something hides the body (an occluder, fog, a graphic, the picture's own border). */
  hiddenFrom: number
  width: number
}

export type Stand = {
  /** Picture pixels a clip pixel. */
  scale: number
  /** Where the point between the eyes lies in the picture. */
  eyeX: number
  eyeY: number
  /** Where the body ends in the picture; beyond the border where nothing is cut. */
  endY: number
  /** What is still cut in view although everything was tried, in pixels above `hiddenFrom`; 0 as a rule. */
  bare: number
}

/** Pixels of the film that one of the clip as it was recorded may become: enlarged further, a face is a blur. */
const MOST_ENLARGED = 4.2
/** Share of the picture's width below which no face is shown for that. */
const LEAST_FACE = 0.17

/**
 * The face no wider than the clip has detail for: whoever stood far from the camera is shown with more of their body rather
 * than closer.
 * @param wished its width in the picture, pixels
 * @param recorded its width in the clip as it was recorded, pixels
 */
export const faceWithDetail = (wished: number, recorded: number, pictureWidth: number): number =>
  Math.min(wished, Math.max(LEAST_FACE * pictureWidth, MOST_ENLARGED * recorded))

/** Share of the picture's width that a face may fill at most. */
const LARGEST_FACE = 0.56
/** How far the eyes may sink below their wished height, as a multiple of it, before and after the figure is enlarged. */
const LOWER_EYES = 1.2
const LOWEST_EYES = 1.4

/** Stands a figure in the picture. */
export const standOf = (figure: Figure, wish: Wish): Stand => {
  const margin = wish.width * 0.03
  const most = (LARGEST_FACE * wish.width) / figure.faceWidth
  let scale = wish.faceWidth / figure.faceWidth
  let eyeY = wish.eyeY
  const below = Math.max(1, figure.bottom - figure.eyeY)
  if (figure.cutBelow) {
    // A little lower first, then larger, then lower still: a face that fills the picture is the last resort but one.
    eyeY = Math.max(eyeY, Math.min(wish.eyeY * LOWER_EYES, wish.hiddenFrom + margin - below * scale))
    scale = Math.max(scale, Math.min(most, (wish.hiddenFrom + margin - eyeY) / below))
    const missing = wish.hiddenFrom + margin - (eyeY + below * scale)
    if (missing > 0) eyeY = Math.max(eyeY, Math.min(wish.eyeY * LOWEST_EYES, eyeY + missing))
  }
  const reach = (source: number | undefined, room: number, side: number) =>
    source !== undefined && eyeY + (source - figure.eyeY) * scale < wish.hiddenFrom
      ? (side + wish.width * 0.02) / Math.max(1, room)
      : 0
  scale = Math.max(
    scale,
    Math.min(most, reach(figure.cutLeft, figure.eyeX - figure.left, wish.eyeX)),
    Math.min(most, reach(figure.cutRight, figure.right - figure.eyeX, wish.width - wish.eyeX)),
  )
  const endY = eyeY + below * scale
  return { scale, eyeX: wish.eyeX, eyeY, endY, bare: figure.cutBelow ? Math.max(0, wish.hiddenFrom - endY) : 0 }
}

/** Clear pixels round the graded layer: it is drawn in runs of eight pixels, which may begin before it and end behind it. */
export const BORDER = 16

/** The graded layer of a figure: where its box lies in the clip, and how many clip pixels one of its own stands for. */
type FigureLayer = { box: { x: number; y: number }; shrink: number }

/**
 * From the picture to the figure's layer, for a stand seen through a camera move. With `mirrorY` it is the reflection in
 * a floor at that height of the picture.
 */
export const figureMap = (
  { box, shrink }: FigureLayer,
  stand: Pick<Stand, 'scale' | 'eyeX' | 'eyeY'>,
  figure: Pick<Figure, 'eyeX' | 'eyeY'>,
  move: Move,
  frame: { width: number; height: number },
  mirrorY?: number,
): Affine =>
  mapOf(
    {
      x: stand.eyeX,
      y: mirrorY === undefined ? stand.eyeY : 2 * mirrorY - stand.eyeY,
      ax: (figure.eyeX - box.x) / shrink + BORDER - 0.5,
      ay: (figure.eyeY - box.y) / shrink + BORDER - 0.5,
      scaleX: stand.scale * shrink,
      scaleY: stand.scale * shrink * (mirrorY === undefined ? 1 : -1),
      angle: 0,
    },
    move,
    frame.width,
    frame.height,
  )
