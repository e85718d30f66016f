/**
 * The weights: files inside npm packages, each pinned by its SHA-256. Nothing is downloaded at run time, and a package
 * that changed under us is refused before a byte of it is believed.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

/** Where a network's weights lie, and what they must be. `slice`: the bytes of the file that belong to it. */
export type WeightFile = { file: string; slice?: readonly [start: number, end: number]; sha256: string }

export const WEIGHTS = {
  /** Person against background, 256 x 256. Apache-2.0 (Google's model card). */
  segmentation: {
    file: '@mediapipe/selfie_segmentation/selfie_segmentation.tflite',
    sha256: '8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27',
  },
  /** Faces up to some metres away, 192 x 192. Apache-2.0. */
  faceDetection: {
    file: '@mediapipe/face_detection/face_detection_full_range.tflite',
    sha256: '99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3',
  },
  /** 468 points of a face, 192 x 192. Apache-2.0. The package packs several files into one; its loader script has the offsets. */
  faceMesh: {
    file: '@mediapipe/face_mesh/face_mesh_solution_packed_assets.data',
    slice: [2_495_952, 3_737_848],
    sha256: 'c603fa6149219a3e9487dc9abd7a0c24474c77263273d24868378cdf40aa26d1',
  },
  /** dlib's 128-d face embedding as 8-bit weights; the net is built in code. Weights in the public domain, package MIT. */
  faceEmbedding: {
    file: '@vladmandic/face-api/model/face_recognition_model.bin',
    sha256: 'b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589',
  },
  /** Shapes and scales of those weights. */
  faceEmbeddingManifest: {
    file: '@vladmandic/face-api/model/face_recognition_model-weights_manifest.json',
    sha256: 'cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b',
  },
  /** Voice activity, ready ONNX. MIT. */
  voice: {
    file: '@ricky0123/vad-web/dist/silero_vad_v6.onnx',
    sha256: '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
  },
} as const satisfies Record<string, WeightFile>

export type WeightName = keyof typeof WEIGHTS

/** A weight file is missing or not the one that was tested: a fault of this node, never of the clip. */
export class WeightsError extends Error {
  readonly code = 'node-fault'
  constructor(file: string, detail: string, cause?: unknown) {
    super(`weights ${file}: ${detail}`, { cause })
    this.name = 'WeightsError'
  }
}

const require = createRequire(import.meta.url)

/**
 * Reads weights and checks them. `locate` turns a package's file into a path (for tests; by default Node's resolution).
 * @throws WeightsError where the file is missing or its SHA-256 differs.
 */
export const readWeights = async (
  weights: WeightFile,
  locate: (file: string) => string = require.resolve,
): Promise<Uint8Array> => {
  let whole: Uint8Array
  try {
    whole = await readFile(locate(weights.file))
  } catch (cause) {
    throw new WeightsError(weights.file, 'missing', cause)
  }
  // A copy: views of the pool that readFile may hand out are not aligned for 32-bit reads.
  const bytes = Uint8Array.from(weights.slice ? whole.subarray(...weights.slice) : whole)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 !== weights.sha256) throw new WeightsError(weights.file, `has SHA-256 ${sha256}, expected ${weights.sha256}`)
  return bytes
}
