/** All networks of the node, loaded once at its start: weights checked, converted in memory, sessions made. */
import { dlibToOnnx, readDlibWeights } from './dlib-net.ts'
import { type Network, type NetworkFile, openNetwork } from './network.ts'
import { type ChosenProvider, chooseProvider, type WantedProvider } from './provider.ts'
import { parseTflite } from './tflite.ts'
import { tfliteToOnnx } from './tflite-to-onnx.ts'
import { readWeights, WEIGHTS, type WeightName } from './weights.ts'

export type NetworkName = 'segmentation' | 'faceDetection' | 'faceMesh' | 'faceEmbedding' | 'voice'

export type Models = ChosenProvider & {
  /** 1x3x256x256 RGB 0..1 -> 1x1x256x256 probability of a person. */
  segmentation: Network
  /** 1x3x192x192 RGB -1..1, letterboxed -> 2304x16 boxes and points, 2304 scores before the sigmoid. */
  faceDetection: Network
  /** 1x3x192x192 RGB 0..1 -> 468 points x, y, z; one score before the sigmoid. */
  faceMesh: Network
  /** 1x3x150x150 (RGB - mean) / 255, aligned -> 128 values. */
  faceEmbedding: Network
  /** 576 samples at 16 kHz and a state -> probability of speech and the next state. */
  voice: Network
  /** The segmentation once more, for threads that open it themselves. */
  segmentationFile: NetworkFile
}

type ConvertOptions = { locate?: (file: string) => string }
/** `provider`: what the networks are wanted to be computed by; the processor by default. */
type Options = ConvertOptions & { signal?: AbortSignal; provider?: WantedProvider }

/** The five nets as ONNX files. The same weights always give the same bytes. */
export const convertModels = async (options: ConvertOptions = {}): Promise<Record<NetworkName, Uint8Array>> => {
  const read = (name: WeightName) => readWeights(WEIGHTS[name], options.locate)
  const tflite = async (name: WeightName) => tfliteToOnnx(parseTflite(await read(name)), name)
  return {
    segmentation: await tflite('segmentation'),
    faceDetection: await tflite('faceDetection'),
    faceMesh: await tflite('faceMesh'),
    faceEmbedding: dlibToOnnx(readDlibWeights(await read('faceEmbedding'), await read('faceEmbeddingManifest'))),
    voice: await read('voice'),
  }
}

/**
 * Loads every network. Takes some hundred milliseconds and 130 MB.
 * @throws WeightsError where a weight file is missing or altered; the signal's reason on abort.
 */
export const loadModels = async (options: Options = {}): Promise<Models> => {
  const files = await convertModels(options)
  const chosen = await chooseProvider(options.provider ?? 'cpu', files.faceDetection)
  const { provider } = chosen
  const open = (name: NetworkName) => {
    options.signal?.throwIfAborted()
    return openNetwork({ onnx: files[name], provider })
  }
  return {
    segmentation: await open('segmentation'),
    faceDetection: await open('faceDetection'),
    faceMesh: await open('faceMesh'),
    faceEmbedding: await open('faceEmbedding'),
    voice: await open('voice'),
    segmentationFile: { onnx: files.segmentation, provider },
    ...chosen,
  }
}
