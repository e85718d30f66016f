/** How each TFLite operator reads in ONNX. Option numbers are the field order of schema.fbs. */
import type { Conversion } from './conversion.ts'
import { permute, samePadding } from './layout.ts'
import type { TfliteOperator } from './tflite.ts'

type Convert = (net: Conversion, operator: TfliteOperator) => void

const RELU = 1
const RELU6 = 3
const SAME = 0

const first = (operator: TfliteOperator, index = 0) => operator.inputs[index] ?? -1
const target = (operator: TfliteOperator) => operator.outputs[0] ?? -1

/** Writes the operator, then the activation TFLite fuses into it. */
const fused = (net: Conversion, operator: TfliteOperator, activation: number, write: (output: string) => void) => {
  const tensor = target(operator)
  const output = `tensor${tensor}`
  net.settle(tensor, output)
  if (activation === 0) return write(output)
  write(`${output}_raw`)
  if (activation === RELU) net.writer.node('Relu', [`${output}_raw`], output)
  else if (activation === RELU6) {
    const zero = net.writer.floats('zero', [], Float32Array.of(0))
    net.writer.node('Clip', [`${output}_raw`, zero, net.writer.floats('six', [], Float32Array.of(6))], output)
  } else throw new Error(`no conversion for the activation ${activation}`)
}

const padsOf = (mode: number, shape: readonly number[], kernel: readonly [number, number], stride: readonly [number, number]) => {
  if (mode !== SAME) return [0, 0, 0, 0]
  const [top, bottom] = samePadding(shape[1] ?? 1, kernel[0], stride[0])
  const [left, right] = samePadding(shape[2] ?? 1, kernel[1], stride[1])
  return [top, left, bottom, right]
}

const convolution =
  (depthwise: boolean): Convert =>
  (net, operator) => {
    const { option } = operator
    if (option.int32(depthwise ? 5 : 4, 1) !== 1) throw new Error('no conversion for a dilated convolution')
    const stride = [option.int32(2), option.int32(1)] as const
    const weights = permute(net.constant(first(operator, 1)), depthwise ? [3, 0, 1, 2] : [0, 3, 1, 2])
    const [channels = 1, , height = 1, width = 1] = weights.shape
    const inputs = [net.operand(first(operator)), net.writer.floats(`weights${first(operator, 1)}`, weights.shape, weights.data)]
    const bias = first(operator, 2)
    if (bias >= 0) inputs.push(net.writer.floats(`bias${bias}`, [channels], net.constant(bias).data))
    const shape = net.shape(first(operator))
    fused(net, operator, option.int8(depthwise ? 4 : 3), (output) =>
      net.writer.node('Conv', inputs, output, {
        kernel_shape: [height, width],
        strides: stride,
        group: depthwise ? (shape[3] ?? 1) : 1,
        pads: padsOf(option.int8(0), shape, [height, width], stride),
      }),
    )
  }

/** MediaPipe's own transposed convolution: its options are three 32-bit numbers, padding and the strides across and down. */
const transposedConvolution: Convert = (net, operator) => {
  const options = new DataView(operator.custom.buffer, operator.custom.byteOffset, operator.custom.byteLength)
  const [strideX, strideY] = [options.getInt32(4, true), options.getInt32(8, true)]
  const kernel = net.constant(first(operator, 1))
  const [channels = 1, height = 1, width = 1] = kernel.shape
  const weights = permute(kernel, [3, 0, 1, 2])
  const from = net.shape(first(operator))
  const to = net.shape(target(operator))
  const down = Math.max(((from[1] ?? 1) - 1) * strideY + height - (to[1] ?? 1), 0)
  const across = Math.max(((from[2] ?? 1) - 1) * strideX + width - (to[2] ?? 1), 0)
  const inputs = [
    net.operand(first(operator)),
    net.writer.floats(`weights${first(operator, 1)}`, weights.shape, weights.data),
    net.writer.floats(`bias${first(operator, 2)}`, [channels], net.constant(first(operator, 2)).data),
  ]
  fused(net, operator, 0, (output) =>
    net.writer.node('ConvTranspose', inputs, output, {
      kernel_shape: [height, width],
      strides: [strideY, strideX],
      pads: [down >> 1, across >> 1, down - (down >> 1), across - (across >> 1)],
    }),
  )
}

const pool =
  (type: 'AveragePool' | 'MaxPool'): Convert =>
  (net, operator) => {
    const { option } = operator
    const stride = [option.int32(2), option.int32(1)] as const
    const kernel = [option.int32(4), option.int32(3)] as const
    const shape = net.shape(first(operator))
    const whole = type === 'AveragePool' && kernel[0] === shape[1] && kernel[1] === shape[2]
    const input = net.operand(first(operator))
    fused(net, operator, option.int8(5), (output) =>
      whole
        ? net.writer.node('GlobalAveragePool', [input], output)
        : net.writer.node(type, [input], output, {
            kernel_shape: kernel,
            strides: stride,
            pads: padsOf(option.int8(0), shape, kernel, stride),
          }),
    )
  }

const arithmetic =
  (type: 'Add' | 'Mul'): Convert =>
  (net, operator) => {
    const inputs = [net.operand(first(operator)), net.operand(first(operator, 1))]
    fused(net, operator, operator.option.int8(0), (output) => net.writer.node(type, inputs, output))
  }

const plain =
  (type: 'Relu' | 'Sigmoid'): Convert =>
  (net, operator) =>
    fused(net, operator, 0, (output) => net.writer.node(type, [net.operand(first(operator))], output))

const hardSwish: Convert = (net, operator) =>
  fused(net, operator, 0, (output) => {
    const input = net.operand(first(operator))
    const gate = net.writer.node('HardSigmoid', [input], `${output}_gate`, { alpha: { float: 1 / 6 }, beta: { float: 0.5 } })
    net.writer.node('Mul', [input, gate], output)
  })

const leakyRelu: Convert = (net, operator) => {
  const { data, shape } = net.constant(first(operator, 1))
  const channels = shape.at(-1) ?? 1
  if (data.length !== channels) throw new Error('PRELU with a slope that is not one a channel')
  const slope = net.writer.floats(`slope${first(operator, 1)}`, [channels, 1, 1], data)
  fused(net, operator, 0, (output) => net.writer.node('PRelu', [net.operand(first(operator)), slope], output))
}

const resize: Convert = (net, operator) => {
  const from = net.shape(first(operator))
  const to = net.shape(target(operator))
  const scale = Float32Array.of(1, 1, (to[1] ?? 1) / (from[1] ?? 1), (to[2] ?? 1) / (from[2] ?? 1))
  const [alignCorners, halfPixel] = [operator.option.int8(2), operator.option.int8(3)]
  fused(net, operator, 0, (output) =>
    net.writer.node(
      'Resize',
      [net.operand(first(operator)), '', net.writer.floats(`scale${target(operator)}`, [4], scale)],
      output,
      {
        mode: 'linear',
        coordinate_transformation_mode: alignCorners ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric',
      },
    ),
  )
}

const pad: Convert = (net, operator) => {
  // Rows of [before, after] for batch, height, width, channels.
  const p = net.integers(first(operator, 1))
  const at = (index: number) => p[index] ?? 0
  const pads = [at(0), at(6), at(2), at(4), at(1), at(7), at(3), at(5)]
  fused(net, operator, 0, (output) =>
    net.writer.node('Pad', [net.operand(first(operator)), net.writer.integers(`pads${target(operator)}`, pads)], output),
  )
}

/** TFLite's element order is channels-last: go back to it before the reshape, and leave it again after. */
const reshape: Convert = (net, operator) => {
  const to = net.shape(target(operator))
  fused(net, operator, 0, (output) => {
    let input = net.operand(first(operator))
    if (net.shape(first(operator)).length === 4)
      input = net.writer.node('Transpose', [input], `${output}_last`, { perm: [0, 2, 3, 1] })
    const shape = net.writer.integers(`shape${target(operator)}`, to)
    const four = to.length === 4
    const reshaped = net.writer.node('Reshape', [input, shape], four ? `${output}_reshaped` : output)
    if (four) net.writer.node('Transpose', [reshaped], output, { perm: [0, 3, 1, 2] })
  })
}

export const OPERATORS: Record<string, Convert> = {
  ADD: arithmetic('Add'),
  MUL: arithmetic('Mul'),
  AVERAGE_POOL_2D: pool('AveragePool'),
  MAX_POOL_2D: pool('MaxPool'),
  CONV_2D: convolution(false),
  DEPTHWISE_CONV_2D: convolution(true),
  Convolution2DTransposeBias: transposedConvolution,
  // Half-precision weights are widened when they are read; the tensor behind this operator is the same constant.
  DEQUANTIZE: (net, operator) => net.alias(target(operator), first(operator)),
  HARD_SWISH: hardSwish,
  LOGISTIC: plain('Sigmoid'),
  RELU: plain('Relu'),
  PRELU: leakyRelu,
  RESIZE_BILINEAR: resize,
  PAD: pad,
  RESHAPE: reshape,
}
