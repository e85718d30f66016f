/**
 * One network in a session of its own. One thread each: with two the pool's spinning made a busy two-core machine slower
 * by half; parallel work is done by running several networks in several threads.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node'

export type Network = {
  /** Runs a net with one input; returns its outputs in order. */
  run(input: Float32Array): Promise<Float32Array[]>
  /** Runs a net by names, for those that carry a state. */
  runNamed(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>
}

const floats = (tensor: Tensor | undefined): Float32Array => {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('a network gave no floats')
  return tensor.data
}

/** Opens an ONNX file held in memory. */
export const openNetwork = async (file: Uint8Array): Promise<Network> => {
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  })
  const input = session.inputMetadata[0]
  const shape = input?.isTensor ? input.shape.map(Number) : []
  const name = session.inputNames[0] ?? ''
  return {
    run: async (data) => {
      const results = await session.run({ [name]: new Tensor('float32', data, shape) })
      return session.outputNames.map((output) => floats(results[output]))
    },
    runNamed: (inputs) => session.run(inputs),
  }
}
