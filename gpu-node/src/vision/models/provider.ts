/**
 * What the networks are computed by: the graphics card where onnxruntime's CUDA libraries and a card are there, else the
 * processor. A node is never out of work because of a driver: what was wanted and cannot be had is said, and done without.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { openNetwork, type Provider } from './network.ts'

/** `auto`: the graphics card if it can be had. */
export type WantedProvider = 'auto' | Provider
/** `missing`: why the processor stands in for the graphics card. */
export type ChosenProvider = { provider: Provider; missing?: string }

const require = createRequire(import.meta.url)

/** Onnxruntime's own CUDA library; its npm package fetches it on installation, unless told not to. */
const cudaLibrary = (): string =>
  join(
    dirname(require.resolve('onnxruntime-node/package.json')),
    `bin/napi-v6/${process.platform}/${process.arch}/libonnxruntime_providers_cuda.so`,
  )

/**
 * Chooses by trying.
 * @param network a small ONNX file to try the graphics card with
 * @param library where the CUDA library must lie
 */
export const chooseProvider = async (
  wanted: WantedProvider,
  network: Uint8Array,
  library: string = cudaLibrary(),
): Promise<ChosenProvider> => {
  if (wanted === 'cpu') return { provider: 'cpu' }
  if (!existsSync(library)) return { provider: 'cpu', missing: 'onnxruntime was installed without its CUDA libraries' }
  try {
    await openNetwork({ onnx: network, provider: 'cuda' })
    return { provider: 'cuda' }
  } catch (error) {
    const [reason = 'unknown'] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { provider: 'cpu', missing: `onnxruntime cannot use the graphics card: ${reason}` }
  }
}
