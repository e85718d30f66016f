/**
 * New light on a filmed person: the shape of the body is guessed from its matte (rounded off at the outline), the face's
 * from its mesh, and every part is lit as the plate's key and fill would, in place of the clip's own light. The answer
 * is a coarse map of gains that the grade multiplies by; deep detail stays what was filmed. The work itself is the kernel
 * `compositor/assembly/relight.ts`.
 */
import type { Plate } from '@fanreel/content-packs/schema'
import type { Compositor } from './compositor/compositor.ts'
import { hueOf, mixRgb } from './light.ts'

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

/** Cells across a face. */
const CELLS_A_FACE = 18
/** Points of a face's mesh at most, each x, y, z. */
const MESH_POINTS = 478

/** What is lit: a cut-out's place and size in its clip, and how wide the face in it is; all in pixels. */
export type Lit = { box: { x: number; y: number; width: number; height: number }; faceWidth: number }

/** Lights one cut-out after another, all of one size. Takes the compositor's memory once. */
export const createRelighter = (compositor: Compositor, { box, faceWidth }: Lit, light: SceneLight) => {
  const { kernels, alloc, floats, keep } = compositor
  const step = Math.max(2, Math.min(24, Math.round(faceWidth / CELLS_A_FACE)))
  const width = Math.max(2, Math.ceil(box.width / step))
  const height = Math.max(2, Math.ceil(box.height / step))
  const at = alloc(width * height * 8)
  const room = alloc(kernels.relightRoom(width, height))
  const meshAt = alloc(MESH_POINTS * 12)
  const vectors = [light.key, light.fill, light.kick, light.keyColour, light.fillColour, light.kickColour]
  const fours = [...vectors.flatMap((vector) => [...vector, 0]), light.ambient, light.clipSide, light.strength, 0]
  const parametersAt = keep(Float32Array.from(fours))
  return {
    /** The map: gains of linear light (16384 = 1; red, green, blue and one that is unused), a cell `step` pixels wide. */
    map: { at, width, height, step },
    /** Lights the cut-out at `source`, straight-alpha RGBA, whose face has that mesh (x, y, z in the clip; smaller z is nearer). */
    relight: (source: number, mesh: Float32Array = new Float32Array(0)): void => {
      const points = Math.min(MESH_POINTS, Math.floor(mesh.length / 3))
      floats(meshAt, points * 3).set(mesh.subarray(0, points * 3))
      // biome-ignore format: the kernel's order
      kernels.relight(at, width, height, source, box.width, box.height, step, meshAt, points, box.x, box.y, faceWidth / step, room, parametersAt)
    },
  }
}
