/**
 * New light on a filmed person: the shape of the body is guessed from its matte (rounded off at the outline), the face's
 * from its mesh, and every part is lit as the plate's key and fill would, in place of the clip's own light. The answer
 * is a coarse map of gains that the grade multiplies by; deep detail stays what was filmed.
 */
import type { Plate } from '@fanreel/content-packs/schema'
import { hueOf, lumaOf, mixRgb } from './light.ts'

/** Gains (red, green, blue, unused) of linear light, one a cell of `step` pixels of the cut-out. */
export type ShadeMap = { step: number; width: number; height: number; gains: Float32Array }

/** A cut-out as the cast keeps it: straight-alpha RGBA, and where it lies in the clip. */
export type Cutout = { bytes: Uint8Array; box: { x: number; y: number; width: number; height: number } }

/** What is known of the face in the same frame: its width in pixels and, where found, its mesh (x, y, z; smaller z is nearer). */
export type FaceShape = { width: number; mesh?: Float32Array }

export type SceneLight = {
  /** Towards the key and the fill: x to the picture's right, y down, z to the camera; of length 1. */
  key: readonly [number, number, number]
  fill: readonly [number, number, number]
  keyColour: readonly [number, number, number]
  fillColour: readonly [number, number, number]
  /** Light that grazes from behind. */
  kick: readonly [number, number, number]
  kickColour: readonly [number, number, number]
  /** Share of the light that comes from everywhere, 0..1. */
  ambient: number
  /** Side of the clip's own light, -1..1, to be taken back. */
  clipSide: number
  /** How much of all this is applied, 0..1. */
  strength: number
}

type Vector = readonly [number, number, number]

const normalised = ([x, y, z]: Vector): Vector => {
  const length = Math.hypot(x, y, z) || 1
  return [x / length, y / length, z / length]
}

/** The light of a plate on whoever stands in it. `gentleness` 1 leaves faces nearly as they were filmed. */
export const sceneLight = (light: Plate['light'], clipSide: number, gentleness: number): SceneLight => {
  const side = Math.abs(light.side) < 0.2 ? (light.side < 0 ? -0.55 : 0.55) : light.side
  return {
    key: normalised([side * 1.15, -0.5, 0.62]),
    fill: normalised([-side, 0.05, 0.45]),
    kick: normalised([-side, -0.35, -0.55]),
    keyColour: mixRgb([1, 1, 1], hueOf(light.key), 0.75),
    fillColour: mixRgb([1, 1, 1], hueOf(light.rim), 0.6),
    kickColour: mixRgb([1, 1, 1], hueOf(light.rim), 0.85),
    ambient: 0.3,
    clipSide,
    strength: 0.85 * (1 - 0.75 * gentleness),
  }
}

/** Box blur of one axis: `lines` lines of `length` cells, `line` and `step` apart; edges repeated. */
const blurLines = (
  from: Float32Array,
  into: Float32Array,
  lines: number,
  length: number,
  line: number,
  step: number,
  radius: number,
) => {
  const share = 1 / (2 * radius + 1)
  for (let l = 0; l < lines; l++) {
    const first = l * line
    const last = first + (length - 1) * step
    const [head, tail] = [from[first] ?? 0, from[last] ?? 0]
    let sum = head * (radius + 1)
    for (let k = 1; k <= radius; k++) sum += from[Math.min(last, first + k * step)] ?? 0
    for (let i = 0; i < length; i++) {
      into[first + i * step] = sum * share
      const enter = i + radius + 1 < length ? (from[first + (i + radius + 1) * step] ?? 0) : tail
      const leave = i - radius > 0 ? (from[first + (i - radius) * step] ?? 0) : head
      sum += enter - leave
    }
  }
}

/** Two box blurs in each direction: falls off softly, as a tent does. */
const soften = (values: Float32Array, width: number, height: number, radius: number): Float32Array => {
  const across = new Float32Array(values.length)
  const soft = Float32Array.from(values)
  for (let pass = 0; pass < 2; pass++) {
    blurLines(soft, across, height, width, width, 1, radius)
    blurLines(across, soft, width, height, 1, width, radius)
  }
  return soft
}

/** Alpha of the cut-out on the coarse grid, and its luma in linear light (about, by a square), both 0..1. */
const coarse = ({ bytes, box }: Cutout, step: number, width: number, height: number) => {
  const alpha = new Float32Array(width * height)
  const luma = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const row = Math.min(box.height - 1, Math.floor((y + 0.5) * step))
    for (let x = 0; x < width; x++) {
      const column = Math.min(box.width - 1, Math.floor((x + 0.5) * step))
      const at = (row * box.width + column) * 4
      alpha[y * width + x] = (bytes[at + 3] ?? 0) / 255
      luma[y * width + x] =
        ((0.2126 * (bytes[at] ?? 0) + 0.7152 * (bytes[at + 1] ?? 0) + 0.0722 * (bytes[at + 2] ?? 0)) / 255) ** 2
    }
  }
  return { alpha, luma }
}

/** The face's mesh as heights (cells, nearer is higher) on the grid, and how surely each cell belongs to it. */
const faceHeights = (mesh: Float32Array, box: Cutout['box'], step: number, width: number, height: number) => {
  const heights = new Float32Array(width * height)
  const weights = new Float32Array(width * height)
  const reach = 2
  for (let i = 0; i + 2 < mesh.length; i += 3) {
    const x = ((mesh[i] ?? 0) - box.x) / step - 0.5
    const y = ((mesh[i + 1] ?? 0) - box.y) / step - 0.5
    const z = -(mesh[i + 2] ?? 0) / step
    for (let row = Math.ceil(y - reach); row <= y + reach; row++)
      for (let column = Math.ceil(x - reach); column <= x + reach; column++) {
        if (row < 0 || column < 0 || row >= height || column >= width) continue
        const weight = Math.exp(-((column - x) ** 2 + (row - y) ** 2) / 1.6)
        const at = row * width + column
        heights[at] = (heights[at] ?? 0) + weight * z
        weights[at] = (weights[at] ?? 0) + weight
      }
  }
  for (let at = 0; at < heights.length; at++) heights[at] = (heights[at] ?? 0) / Math.max(1e-4, weights[at] ?? 0)
  return { heights, weights }
}

/** How strongly the body rounds off towards its outline, by radius of the softened matte in face widths. */
const ROUNDNESS = [
  [0.12, 1.3],
  [0.4, 2.6],
  [0.9, 3.4],
] as const
/** Never darker nor brighter than by these. */
const LEAST_GAIN = 0.35
const MOST_GAIN = 1.5
/** Cells across a face. */
const CELLS_A_FACE = 18

/** The grid of a cut-out whose face is that wide. */
export const gridOf = (box: Cutout['box'], faceWidth: number) => {
  const step = Math.max(2, Math.min(24, Math.round(faceWidth / CELLS_A_FACE)))
  return { step, width: Math.max(2, Math.ceil(box.width / step)), height: Math.max(2, Math.ceil(box.height / step)) }
}

/** Adds the slopes of a height field, times `gain`, to the normals (x, y by turns); by `sure` it takes the place of what is there. */
const lean = (normals: Float32Array, of: Float32Array, width: number, height: number, gain: number, sure?: Float32Array) => {
  for (let y = 0; y < height; y++) {
    const [up, down] = [Math.max(0, y - 1) * width, Math.min(height - 1, y + 1) * width]
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const dx = (of[x < width - 1 ? at + 1 : at] ?? 0) - (of[x > 0 ? at - 1 : at] ?? 0)
      const dy = (of[down + x] ?? 0) - (of[up + x] ?? 0)
      const keep = sure ? 1 - Math.max(0, Math.min(1, ((sure[at] ?? 0) - 0.35) / 1.2)) : 1
      const take = sure ? 1 - keep : 1
      normals[2 * at] = (normals[2 * at] ?? 0) * keep - dx * 0.5 * gain * take
      normals[2 * at + 1] = (normals[2 * at + 1] ?? 0) * keep - dy * 0.5 * gain * take
    }
  }
}

/** A mesh is flatter than the face it is of: its slopes are taken a little steeper. */
const FACE_RELIEF = 1.1

/** Which way each cell faces: x, y by turns, for a z of 1 towards the camera. */
const normalsOf = (
  { box }: Cutout,
  alpha: Float32Array,
  face: FaceShape,
  { step, width, height }: ReturnType<typeof gridOf>,
): Float32Array => {
  const normals = new Float32Array(width * height * 2)
  const cells = face.width / step
  for (const [radius, bulge] of ROUNDNESS) {
    const reach = Math.max(1, Math.round(radius * cells))
    // A step softened over r cells falls by about 1 / (2 r) a cell.
    lean(normals, soften(alpha, width, height, reach), width, height, bulge * Math.max(1, radius * cells))
  }
  if (face.mesh) {
    const { heights, weights } = faceHeights(face.mesh, box, step, width, height)
    lean(normals, soften(heights, width, height, 1), width, height, FACE_RELIEF, soften(weights, width, height, 1))
  }
  return normals
}

/** Lights a cut-out. The map covers its whole box. */
export const shadeMap = (cutout: Cutout, face: FaceShape, light: SceneLight): ShadeMap => {
  const grid = gridOf(cutout.box, face.width)
  const { step, width, height } = grid
  const { alpha, luma } = coarse(cutout, step, width, height)
  const normals = normalsOf(cutout, alpha, face, grid)
  const bright = soften(luma, width, height, 1)
  const { key, fill, kick, strength, clipSide } = light
  const gains = new Float32Array(width * height * 4)
  const shine = (x: number, y: number, z: number, at: number) => {
    const toKey = (1 - light.ambient) * 1.5 * Math.max(0, (x * key[0] + y * key[1] + z * key[2] + 0.18) / 1.18)
    const toFill = 0.32 * Math.max(0, (x * fill[0] + y * fill[1] + z * fill[2] + 0.1) / 1.1)
    const toKick = 1.15 * Math.max(0, x * kick[0] + y * kick[1] + z * kick[2])
    const own = 1 / (1 + 0.45 * clipSide * x)
    for (let k = 0; k < 3; k++)
      gains[at + k] =
        (light.ambient +
          toKey * (light.keyColour[k] ?? 1) +
          toFill * (light.fillColour[k] ?? 1) +
          toKick * (light.kickColour[k] ?? 1)) *
        own
  }
  // A face that looks straight into the camera keeps its brightness.
  shine(0, 0, 1, 0)
  const level = 1 / lumaOf([gains[0] ?? 1, gains[1] ?? 1, gains[2] ?? 1])
  for (let cell = 0; cell < width * height; cell++) {
    const [x, y] = [normals[2 * cell] ?? 0, normals[2 * cell + 1] ?? 0]
    const length = 1 / Math.sqrt(x * x + y * y + 1)
    const at = cell * 4
    shine(x * length, y * length, length, at)
    // Grey hair and white shirts are bright enough: what more light they got would burn them out.
    const room = Math.max(0.1, Math.min(1, 1.3 - 2.2 * (bright[cell] ?? 0)))
    for (let k = 0; k < 3; k++) {
      const more = strength * ((gains[at + k] ?? 1) * level - 1)
      gains[at + k] = Math.max(LEAST_GAIN, Math.min(MOST_GAIN, 1 + (more > 0 ? more * room : more)))
    }
    gains[at + 3] = 1
  }
  return { step, width, height, gains }
}
