/**
 * Finds and measures faces in the live picture, with the networks the node uses and by the protocol's way of reading them.
 * Runs in a worker: the networks are computed by onnxruntime's WebAssembly, one thread, from files of the kiosk itself.
 */
import {
  boxOfPoints,
  DETECTOR_SIDE,
  type FacePatch,
  type FoundFace,
  facesOfAnswer,
  isMiddle,
  laplacianVariance,
  lightSide,
  lumaOfRgb,
  MESH_SIDE,
  MIN_MESH_CONFIDENCE,
  patchOfFace,
  pointsOfAnswer,
  rollOf,
  sigmoid,
} from '@fanreel/protocol'
import * as ort from 'onnxruntime-web/wasm'
import type { Look, SeenFace } from './look.ts'

const THRESHOLD = 0.5
/** More faces than this are not looked at closely: one star a film. */
const MOST_FACES = 4

/**
 * Red, green and blue of a canvas as three float planes, each value through `scaled`; written into `planes`. Six looks a second
 * would each leave a megabyte behind that nothing in a worker is in a hurry to collect.
 */
const fillPlanes = (planes: Float32Array, { data }: ImageData, scaled: (value: number) => number): Float32Array => {
  const count = data.length / 4
  for (let at = 0; at < count; at++) {
    planes[at] = scaled(data[4 * at] ?? 0)
    planes[at + count] = scaled(data[4 * at + 1] ?? 0)
    planes[at + 2 * count] = scaled(data[4 * at + 2] ?? 0)
  }
  return planes
}

const easel = (side: number): OffscreenCanvasRenderingContext2D => {
  const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('no canvas in a worker')
  context.imageSmoothingQuality = 'high'
  return context
}

/** Cuts a patch out of a picture, upright, into a square of `side`. */
const cutPatch = (
  context: OffscreenCanvasRenderingContext2D,
  picture: ImageBitmap,
  patch: FacePatch,
  side: number,
): ImageData => {
  const scale = side / patch.size
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.fillStyle = '#000'
  context.fillRect(0, 0, side, side)
  context.translate(side / 2, side / 2)
  context.rotate(-patch.angle)
  context.scale(scale, scale)
  context.drawImage(picture, -patch.x, -patch.y)
  return context.getImageData(0, 0, side, side)
}

/** Brightness of each pixel; written into the front of `plane`, and answered as long as it is. */
const fillLuma = (whole: Float32Array, { data }: ImageData): Float32Array => {
  const plane = whole.subarray(0, data.length / 4)
  for (let at = 0; at < plane.length; at++) plane[at] = lumaOfRgb(data[4 * at] ?? 0, data[4 * at + 1] ?? 0, data[4 * at + 2] ?? 0)
  return plane
}
const meanOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

type Net = (planes: Float32Array<ArrayBufferLike>, side: number) => Promise<Float32Array[]>

const openNet = async (address: string): Promise<Net> => {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`)
  const session = await ort.InferenceSession.create(new Uint8Array(await answer.arrayBuffer()), { executionProviders: ['wasm'] })
  const [input = ''] = session.inputNames
  return async (planes, side) => {
    const results = await session.run({ [input]: new ort.Tensor('float32', planes, [1, 3, side, side]) })
    return session.outputNames.map((name) => {
      const data = results[name]?.data
      if (!(data instanceof Float32Array)) throw new Error('a network gave no floats')
      return data
    })
  }
}

export type FaceFinder = (picture: ImageBitmap) => Promise<Look>

/**
 * Loads the networks.
 * @param folder where the kiosk serves them, e.g. `/generated/vision`
 * @throws Error where a file is missing or WebAssembly may not run
 */
export const openFaceFinder = async (folder: string): Promise<FaceFinder> => {
  ort.env.wasm.numThreads = 1
  const [detector, mesh] = await Promise.all([openNet(`${folder}/face-detection.onnx`), openNet(`${folder}/face-mesh.onnx`)])
  const whole = easel(DETECTOR_SIDE)
  const patch = easel(MESH_SIDE)
  // One canvas for every size of face: six fresh ones a second would pile up until they are collected.
  const light = easel(lightSide(Number.POSITIVE_INFINITY))
  const planes = { whole: new Float32Array(3 * DETECTOR_SIDE ** 2), patch: new Float32Array(3 * MESH_SIDE ** 2) }
  const lumas = { whole: new Float32Array(DETECTOR_SIDE ** 2), light: new Float32Array(lightSide(Number.POSITIVE_INFINITY) ** 2) }

  const measure = async (picture: ImageBitmap, found: FoundFace): Promise<SeenFace> => {
    const place = patchOfFace(found)
    const [raw, score] = await mesh(
      fillPlanes(planes.patch, cutPatch(patch, picture, place, MESH_SIDE), (value) => value / 255),
      MESH_SIDE,
    )
    if (!raw) throw new Error('the face mesh gave no answer')
    const certain = sigmoid(score?.[0] ?? -100) > MIN_MESH_CONFIDENCE
    const points = pointsOfAnswer(raw, place)
    const box = certain ? boxOfPoints(points) : found.box
    const side = lightSide(box.width)
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2, size: box.width, angle: certain ? rollOf(points) : 0 }
    const luma = fillLuma(lumas.light, cutPatch(light, picture, middle, side))
    return {
      box,
      score: found.score,
      certain,
      luma: meanOf(luma.filter((_, at) => isMiddle(at, side))),
      sharpness: laplacianVariance(luma, side),
    }
  }

  return async (picture) => {
    const { width, height } = picture
    const scale = DETECTOR_SIDE / Math.max(width, height)
    const [left, top] = [(DETECTOR_SIDE - width * scale) / 2, (DETECTOR_SIDE - height * scale) / 2]
    whole.fillStyle = '#000'
    whole.fillRect(0, 0, DETECTOR_SIDE, DETECTOR_SIDE)
    whole.drawImage(picture, left, top, width * scale, height * scale)
    const seen = whole.getImageData(0, 0, DETECTOR_SIDE, DETECTOR_SIDE)
    const [boxes, scores] = await detector(
      fillPlanes(planes.whole, seen, (value) => value / 127.5 - 1),
      DETECTOR_SIDE,
    )
    if (!boxes || !scores) throw new Error('the face detector gave no answer')
    const faces: SeenFace[] = []
    for (const found of facesOfAnswer(boxes, scores, picture, THRESHOLD).slice(0, MOST_FACES))
      faces.push(await measure(picture, found))
    // The black bars beside the picture are not part of it.
    const share = (width * height) / Math.max(width, height) ** 2
    return { width, height, faces, luma: meanOf(fillLuma(lumas.whole, seen)) / share }
  }
}
