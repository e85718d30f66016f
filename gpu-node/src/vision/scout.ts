/**
 * A quick look through the whole clip, a few pictures a second, before the real pass: is it the right way up, who is the
 * star, who else stands there, and which part of the picture will the star ever need. What cannot become a film is
 * refused here, within a second or two.
 */

import { laplacianVariance, lumaOfRgb, MIN_MESH_CONFIDENCE, OTHER_FACE_SHARE, patchOfFace } from '@fanreel/protocol'
import { decode, normalisedSize } from '../media/decode.ts'
import type { ClipInfo } from '../media/probe.ts'
import { boxAround } from './box.ts'
import type { Box } from './cast.ts'
import { findFaces } from './faces.ts'
import { type BackgroundModel, collectBackground } from './matting/background-model.ts'
import { createKernel, gridOf, NET_SIDE } from './matting/kernel.ts'
import { layMask } from './matting/lay-mask.ts'
import { keepStar } from './matting/star-mask.ts'
import { median } from './measures.ts'
import { meshFace } from './mesh.ts'
import type { Models } from './models/load-models.ts'
import { type Picture, turnPicture } from './picture.ts'
import { chooseStar, linkTracks, type ScoutedFace, type Track } from './tracks.ts'

const SCOUT_FPS = 3
const SCOUT_LONG_SIDE = 640
/** Pictures on which a clip without upright faces is tried in the other three positions. */
const TURN_TRIES = 4
/** Room left round everything the star was seen to take, as a share of its size. */
const MARGIN = 0.15

type ScoutOptions = { signal: AbortSignal; usedMs: number }
export type QuarterTurns = 0 | 1 | 2 | 3

export type Scouted = {
  quarterTurns: QuarterTurns
  durationMs: number
  /** The whole picture: mean luma 0..255, and the sharpness of its sharpest frame. */
  picture: { luma: number; sharpness: number }
  /** The star's face and the others', boxes as shares 0..1 of the upright picture. Without a star there is no face at all. */
  star?: Track
  others: readonly Track[]
  /** Faces at the median. */
  people: number
  /** The part of the picture the star takes, with room, as shares 0..1. */
  region: Box
  /** What stands behind the star, as far as it was uncovered. */
  background: BackgroundModel
  /** Nobody's face was seen, but a body that goes on above the picture's upper border. */
  headless: boolean
}

/** Share of the picture's upper border from which a body is cut by it, at the median. Measured: rooms 0, headless people .09-.7. */
const CUT_BORDER = 0.05
const BORDER_ROWS = 3

const WHOLE: Box = { x: 0, y: 0, width: 1, height: 1 }

const lumaPlane = ({ data }: Picture): Float32Array => {
  const plane = new Float32Array(data.length / 4)
  for (let at = 0; at < plane.length; at++) {
    plane[at] = lumaOfRgb(data[4 * at] ?? 0, data[4 * at + 1] ?? 0, data[4 * at + 2] ?? 0)
  }
  return plane
}

const mean = (values: Float32Array) => {
  let sum = 0
  for (const value of values) sum += value
  return sum / Math.max(1, values.length)
}

const share = (box: Box, { width, height }: { width: number; height: number }): Box => ({
  x: box.x / width,
  y: box.y / height,
  width: box.width / width,
  height: box.height / height,
})
const unshare = (box: Box, side: number): Box => ({
  x: box.x * side,
  y: box.y * side,
  width: box.width * side,
  height: box.height * side,
})

/** The box round the star's cells of a net's mask, as shares. */
const boxOfCells = (cells: Uint8Array): Box | undefined => {
  let [left, right, top, bottom] = [NET_SIDE, -1, NET_SIDE, -1]
  cells.forEach((kept, at) => {
    if (!kept) return
    const [x, y] = [at % NET_SIDE, Math.floor(at / NET_SIDE)]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  })
  return right < 0
    ? undefined
    : { x: left / NET_SIDE, y: top / NET_SIDE, width: (right - left + 1) / NET_SIDE, height: (bottom - top + 1) / NET_SIDE }
}

/** How much of the upper border people take in a net's mask, 0..1. */
const personAtTop = (mask: Float32Array): number => {
  const border = mask.subarray(0, BORDER_ROWS * NET_SIDE)
  return border.filter((probability) => probability > 0.5).length / border.length
}

const withRoom = (box: Box): Box => {
  const [left, top] = [Math.max(0, box.x - box.width * MARGIN), Math.max(0, box.y - box.height * MARGIN)]
  const right = Math.min(1, box.x + box.width * (1 + MARGIN))
  const bottom = Math.min(1, box.y + box.height * (1 + MARGIN))
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** The turn that brings sideways faces upright: by the line of their eyes. */
const turnOf = (frames: readonly (readonly ScoutedFace[])[]): QuarterTurns => {
  const largest = frames.flatMap((faces) => [...faces].sort((a, b) => b.box.width - a.box.width).slice(0, 1))
  const quarters = Math.round(median(largest.map((face) => face.roll)) / (Math.PI / 2))
  return ([0, 3, 2, 1] as const)[((quarters % 4) + 4) % 4] ?? 0
}

/** The turn in which most faces are found, where the clip as it stands shows none. */
const findTurn = async (models: Models, samples: readonly Picture[]): Promise<QuarterTurns> => {
  let best: { turn: QuarterTurns; score: number } = { turn: 0, score: 0.9 }
  for (const turn of [1, 3, 2] as const) {
    let score = 0
    for (const sample of samples) score += (await findFaces(models, turnPicture(sample, turn), 0.6))[0]?.score ?? 0
    if (score > best.score) best = { turn, score }
  }
  return best.turn
}

type Look = {
  frames: ScoutedFace[][]
  masks: Float32Array[]
  samples: Picture[]
  picture: Scouted['picture']
  background: BackgroundModel
}

const lookThrough = async (
  clip: ClipInfo,
  models: Models,
  quarterTurns: QuarterTurns,
  { signal, usedMs }: ScoutOptions,
): Promise<Look> => {
  const sideways = quarterTurns % 2 === 1
  const size = normalisedSize(sideways ? { width: clip.height, height: clip.width } : clip, SCOUT_LONG_SIDE)
  // Before the decoder: a child is only stopped by whoever reads its pictures.
  const kernel = await createKernel(size.width, size.height)
  const decoded = await decode(clip, { signal, size, quarterTurns, fps: SCOUT_FPS, maxMs: usedMs, roughly: true })
  const look: Omit<Look, 'background'> = { frames: [], masks: [], samples: [], picture: { luma: 0, sharpness: 0 } }
  const whole = { x: 0, y: 0, ...size }
  const { columns, rows } = gridOf(whole)
  const wall = collectBackground(columns, rows)
  const onGrid = new Float32Array(columns * rows)
  for await (const data of decoded.frames) {
    const picture = { ...size, data }
    const faces: ScoutedFace[] = []
    for (const face of await findFaces(models, picture)) {
      const { confidence, roll } = await meshFace(models, picture, patchOfFace(face))
      faces.push({ box: share(face.box, size), score: face.score, certain: confidence > MIN_MESH_CONFIDENCE, roll })
    }
    look.frames.push(faces)
    const luma = lumaPlane(picture)
    look.picture.luma += mean(luma)
    look.picture.sharpness = Math.max(look.picture.sharpness, laplacianVariance(luma, size.width))
    if (faces.length === 0 && look.samples.length < TURN_TRIES) look.samples.push({ ...picture, data: data.slice() })
    kernel.picture.set(data)
    const [mask] = await models.segmentation.run(kernel.netInput(whole))
    if (!mask) throw new Error('the segmentation gave no answer')
    look.masks.push(mask)
    layMask(mask, whole, onGrid, whole, false)
    wall.add(kernel.guide(whole), onGrid)
  }
  look.picture.luma /= Math.max(1, look.frames.length)
  return { ...look, background: wall.model() }
}

const regionOf = (look: Look, star: Track, others: readonly Track[]): Box => {
  let kept: Uint8Array | undefined
  const boxes = look.masks.flatMap((values, index) => {
    const at = (track: Track) => track.boxes[index]
    const face = at(star)
    const rest = others.flatMap((other) => at(other) ?? []).map((box) => unshare(box, NET_SIDE))
    kept = keepStar({ values, columns: NET_SIDE, rows: NET_SIDE }, face && unshare(face, NET_SIDE), rest, kept) ?? kept
    return (kept && boxOfCells(kept)) ?? []
  })
  const all = boxAround([...boxes, ...star.boxes.flatMap((box) => box ?? [])])
  return all ? withRoom(all) : WHOLE
}

/** Looks through a clip. Throws the signal's reason on abort. */
export const scout = async (clip: ClipInfo, models: Models, options: ScoutOptions): Promise<Scouted> => {
  let look = await lookThrough(clip, models, 0, options)
  const seen = look.frames.filter((faces) => faces.length > 0).length
  const quarterTurns = seen < look.frames.length / 4 ? await findTurn(models, look.samples) : turnOf(look.frames)
  if (quarterTurns !== 0) look = await lookThrough(clip, models, quarterTurns, options)
  const durationMs = (look.frames.length * 1000) / SCOUT_FPS
  const tracks = linkTracks(look.frames, 1000 / SCOUT_FPS)
  const star = chooseStar(tracks)
  if (!star) {
    const headless = median(look.masks.map(personAtTop)) > CUT_BORDER
    const { picture, background } = look
    return { quarterTurns, durationMs, picture, others: [], people: 0, region: WHOLE, background, headless }
  }
  const others = tracks.filter(
    (track) => track !== star && track.width > star.width * OTHER_FACE_SHARE && track.count >= look.frames.length / 4,
  )
  return {
    quarterTurns,
    durationMs,
    picture: look.picture,
    star,
    others,
    people: median(look.frames.map((faces) => faces.filter((face) => face.box.width > star.width * OTHER_FACE_SHARE).length)),
    region: regionOf(look, star, others),
    background: look.background,
    headless: false,
  }
}
