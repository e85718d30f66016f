/**
 * dlib's face recognition ResNet (128 values from a 150 x 150 face), built here because its package ships weights and no
 * graph. Structure: http://dlib.net/dnn_face_recognition_ex.cpp.html; the scale layers are folded into the convolutions.
 */
import { z } from 'zod'
import { type Constant, permute } from './layout.ts'
import { OnnxWriter } from './onnx-writer.ts'

const Manifest = z.array(
  z.object({
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.number()),
        quantization: z.object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() }).optional(),
      }),
    ),
  }),
)

const widen = (bytes: Uint8Array, { scale, min }: { scale: number; min: number }): Float32Array => {
  // A plain loop: `Float32Array.from` with a function takes half a second for these six million values.
  const data = new Float32Array(bytes.length)
  for (let at = 0; at < data.length; at++) data[at] = (bytes[at] ?? 0) * scale + min
  return data
}

/** Unpacks the weights, one after another in the file; most are 8-bit with a scale and a least value. */
export const readDlibWeights = (bytes: Uint8Array, manifest: Uint8Array): Map<string, Constant> => {
  const weights = new Map<string, Constant>()
  let at = 0
  for (const { name, shape, quantization } of Manifest.parse(JSON.parse(new TextDecoder().decode(manifest))).flatMap(
    (group) => group.weights,
  )) {
    const count = shape.reduce((product, size) => product * size, 1)
    const size = quantization ? count : count * 4
    const part = bytes.slice(at, at + size)
    const data = quantization ? widen(part, quantization) : new Float32Array(part.buffer)
    weights.set(name, { data, shape })
    at += size
  }
  if (at !== bytes.length) throw new Error(`the weights hold ${bytes.length} bytes, their manifest describes ${at}`)
  return weights
}

type Feature = { name: string; side: number; channels: number }

class DlibNet {
  readonly writer = new OnnxWriter()
  private readonly weights: Map<string, Constant>
  private made = 0

  constructor(weights: Map<string, Constant>) {
    this.weights = weights
  }

  weight(name: string): Constant {
    const found = this.weights.get(name)
    if (!found) throw new Error(`no weight named ${name}`)
    return found
  }

  private next(): string {
    return `feature${this.made++}`
  }

  /** A convolution with its scale layer folded in: (w * x + b) * s + t. */
  convolution(input: string, layer: string, stride: number, padded: boolean): string {
    const kernel = permute(this.weight(`${layer}/conv/filters`), [3, 2, 0, 1])
    const [channels = 1, inputs = 1, height = 1, width = 1] = kernel.shape
    const scale = this.weight(`${layer}/scale/weights`).data
    const shift = this.weight(`${layer}/scale/biases`).data
    const each = inputs * height * width
    for (let channel = 0; channel < channels; channel++) {
      const factor = scale[channel] ?? 1
      for (let at = channel * each; at < (channel + 1) * each; at++) kernel.data[at] = (kernel.data[at] ?? 0) * factor
    }
    const bias = this.weight(`${layer}/conv/bias`).data.map((value, index) => value * (scale[index] ?? 1) + (shift[index] ?? 0))
    return this.writer.node(
      'Conv',
      [input, this.writer.floats(`${layer}/w`, kernel.shape, kernel.data), this.writer.floats(`${layer}/b`, [channels], bias)],
      this.next(),
      { kernel_shape: [height, width], strides: [stride, stride], ...(padded ? { auto_pad: 'SAME_UPPER' } : {}) },
    )
  }

  relu(input: string): string {
    return this.writer.node('Relu', [input], this.next())
  }

  residual(input: Feature, layer: string): Feature {
    const inner = this.relu(this.convolution(input.name, `${layer}/conv1`, 1, true))
    const outer = this.convolution(inner, `${layer}/conv2`, 1, true)
    return { ...input, name: this.relu(this.writer.node('Add', [outer, input.name], this.next())) }
  }

  /** A block that halves the picture: the shortcut is pooled, and both branches are padded with zeros to the same shape. */
  halving(input: Feature, layer: string): Feature {
    const inner = this.relu(this.convolution(input.name, `${layer}/conv1`, 2, false))
    let outer = this.convolution(inner, `${layer}/conv2`, 1, true)
    const channels = this.weight(`${layer}/conv2/conv/bias`).data.length
    const pooled = Math.floor((input.side - 2) / 2) + 1
    const convolved = Math.floor((input.side - 3) / 2) + 1
    let shortcut = this.writer.node('AveragePool', [input.name], this.next(), { kernel_shape: [2, 2], strides: [2, 2] })
    if (pooled !== convolved) {
      outer = this.writer.node('Pad', [outer, this.writer.integers(`${layer}/edge`, [0, 0, 0, 0, 0, 0, 1, 1])], this.next())
    }
    if (channels !== input.channels) {
      const more = this.writer.integers(`${layer}/channels`, [0, 0, 0, 0, 0, channels - input.channels, 0, 0])
      shortcut = this.writer.node('Pad', [shortcut, more], this.next())
    }
    return { name: this.relu(this.writer.node('Add', [shortcut, outer], this.next())), side: pooled, channels }
  }
}

const BLOCKS = [
  ...['conv32_1', 'conv32_2', 'conv32_3', 'conv64_down', 'conv64_1', 'conv64_2', 'conv64_3', 'conv128_down', 'conv128_1'],
  ...['conv128_2', 'conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out'],
] as const

/** The net as ONNX: `input0` 1x3x150x150 ((RGB - mean) / 255), `output0` 1x128. */
export const dlibToOnnx = (weights: Map<string, Constant>): Uint8Array => {
  const net = new DlibNet(weights)
  const { writer } = net
  const stem = net.relu(net.convolution(writer.input('input0', [1, 3, 150, 150]), 'conv32_down', 2, false))
  const pooled = writer.node('MaxPool', [stem], 'stem', { kernel_shape: [3, 3], strides: [2, 2] })
  let feature: Feature = { name: pooled, side: 35, channels: 32 }
  for (const block of BLOCKS) feature = block.includes('down') ? net.halving(feature, block) : net.residual(feature, block)
  const mean = writer.node('ReduceMean', [feature.name], 'mean', { axes: [2, 3], keepdims: 0 })
  const last = net.weight('fc')
  writer.node('MatMul', [mean, writer.floats('fc', last.shape, last.data)], 'output0')
  writer.output('output0', [1, 128])
  return writer.finish('dlib-face-embedding')
}
