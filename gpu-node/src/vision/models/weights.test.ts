import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { convertModels } from './load-models.ts'
import { parseTflite } from './tflite.ts'
import { tfliteToOnnx } from './tflite-to-onnx.ts'
import { readWeights, WEIGHTS, type WeightFile, type WeightName, WeightsError } from './weights.ts'

const { resolve } = createRequire(import.meta.url)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-weights-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A copy of a weight file with one bit turned over, `at` bytes from its start. */
const altered = async (file: string, at: number): Promise<string> => {
  const bytes = await readFile(resolve(file))
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  const path = join(folder, 'altered')
  await writeFile(path, bytes)
  return path
}

describe('weights', () => {
  const all = Object.entries(WEIGHTS) as [WeightName, WeightFile][]

  it.each(all)('%s are refused with one bit turned over', async (_, weights) => {
    const path = await altered(weights.file, (weights.slice?.[0] ?? 0) + 100)
    const reading = readWeights(weights, () => path)
    await expect(reading).rejects.toBeInstanceOf(WeightsError)
    await expect(reading).rejects.toMatchObject({ code: 'node-fault', message: expect.stringContaining(weights.sha256) })
  })

  it.each(all)('%s are refused where the file is cut short or missing', async (_, weights) => {
    const path = join(folder, 'short')
    await writeFile(path, (await readFile(resolve(weights.file))).subarray(0, (weights.slice?.[1] ?? 4_000) - 1_000))
    await expect(readWeights(weights, () => path)).rejects.toBeInstanceOf(WeightsError)
    await expect(readWeights(weights, () => join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'node-fault' })
  })

  it('may change in a part of the file that is not theirs', async () => {
    const path = await altered(WEIGHTS.faceMesh.file, WEIGHTS.faceMesh.slice[1] + 10)
    expect((await readWeights(WEIGHTS.faceMesh, () => path)).length).toBe(WEIGHTS.faceMesh.slice[1] - WEIGHTS.faceMesh.slice[0])
  })

  it('of one net altered stop all nets from loading', async () => {
    const path = await altered(WEIGHTS.voice.file, 1_000)
    const locate = (file: string) => (file === WEIGHTS.voice.file ? path : resolve(file))
    await expect(convertModels({ locate })).rejects.toMatchObject({ name: 'WeightsError' })
  })

  it('give the same nets each time', async () => {
    const [once, again] = [await convertModels(), await convertModels()]
    for (const name of Object.keys(once) as (keyof typeof once)[]) {
      expect(Buffer.compare(once[name], again[name]), name).toBe(0)
    }
  })
})

describe('a TFLite file that is none', () => {
  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('this is not a network at all, only words')],
    ['ones', new Uint8Array(4_096).fill(255)],
    ['zeros', new Uint8Array(4_096)],
  ])('%s: is refused', (_, bytes) => {
    expect(() => tfliteToOnnx(parseTflite(bytes), 'garbage')).toThrow()
  })

  it.each([0.01, 0.5, 0.95])('a net of which only %d is there is refused, not half converted', async (share) => {
    const whole = await readWeights(WEIGHTS.segmentation)
    expect(() => tfliteToOnnx(parseTflite(whole.slice(0, whole.length * share)), 'part')).toThrow()
  })

  it('an operator that is not known is refused by its name', async () => {
    const model = parseTflite(await readWeights(WEIGHTS.faceDetection))
    const [first, ...rest] = model.operators
    const changed = { ...model, operators: [{ ...first!, name: 'operator 99' }, ...rest] }
    expect(() => tfliteToOnnx(changed, 'changed')).toThrow('no conversion for the operator operator 99')
  })
})
