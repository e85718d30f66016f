import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../../media/scratch-folder.ts'
import { convertModels, loadModels } from './load-models.ts'
import { chooseProvider } from './provider.ts'

const folder = await scratchFolder()

describe('what the networks are computed by', () => {
  it('is the processor where that is wanted, without a word', async () => {
    expect(await chooseProvider('cpu', new Uint8Array(0))).toEqual({ provider: 'cpu' })
  })

  it.each(['auto', 'cuda'] as const)(
    'is the processor where %s is wanted and no CUDA library is there, and says so',
    async (wanted) => {
      const { faceDetection } = await convertModels()
      const chosen = await chooseProvider(wanted, faceDetection, join(folder, 'nothing.so'))
      expect(chosen).toMatchObject({ provider: 'cpu', missing: expect.stringContaining('CUDA') })
    },
  )

  it('is the processor where the library is there and onnxruntime cannot use it, and says why', async () => {
    const library = join(folder, 'libonnxruntime_providers_cuda.so')
    await writeFile(library, '')
    const { provider, missing } = await chooseProvider('cuda', new Uint8Array(10), library)
    expect(provider).toBe('cpu')
    expect(missing).toContain('cannot use the graphics card')
  })

  it('serves every network, threads of their own included', async () => {
    const models = await loadModels({ provider: 'cuda' })
    expect(models.segmentationFile.provider).toBe(models.provider)
    const [mask] = await models.segmentation.run(new Float32Array(3 * 256 * 256))
    expect(mask?.length).toBe(256 * 256)
    if (models.provider === 'cpu') expect(models.missing).toBeDefined()
  })
})
