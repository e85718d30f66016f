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

/** What networks are computed by. */
export type Provider = 'cpu' | 'cuda'
/** A network's ONNX file and what it is to be computed by: enough to open it in any thread. */
export type NetworkFile = { onnx: Uint8Array; provider: Provider }

/**
 * Opens an ONNX file held in memory.
 * @throws Error where the provider cannot be had on this machine
 */
export const openNetwork = async ({ onnx, provider }: NetworkFile): Promise<Network> => {
  const session = await InferenceSession.create(onnx, {
    // What the graphics card cannot do the processor does.
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
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
