/**
 * Turns a TFLite net into an ONNX one. All activations become channels-second; shapes are static; only the operators of
 * the nets in `weights.ts` are known, and an unknown one is an error, so that a changed net cannot be half converted.
 */

import type { Conversion } from './conversion.ts'
import { type Constant, channelsSecond } from './layout.ts'
import { OnnxWriter } from './onnx-writer.ts'
import type { TfliteModel } from './tflite.ts'
import { OPERATORS } from './tflite-operators.ts'

const broadcastable = ({ data, shape }: Constant): Constant => {
  const [height = 1, width = 1, channels = 1] = shape
  if (shape.length === 1) return { data, shape: [1, height, 1, 1] }
  if (shape.length === 3 && height === 1 && width === 1) return { data, shape: [1, channels, 1, 1] }
  throw new Error(`cannot broadcast a constant of shape ${shape.join('x')}`)
}

/** Converts a parsed model; inputs are named `input0..`, outputs `output0..`. */
export const tfliteToOnnx = (model: TfliteModel, name: string): Uint8Array => {
  const writer = new OnnxWriter()
  const names = new Map<number, string>()
  const aliases = new Map<number, number>()
  const source = (tensor: number) => aliases.get(tensor) ?? tensor
  const shape = (tensor: number) => model.tensors[tensor]?.shape ?? []
  const constant = (tensor: number): Constant => {
    const data = model.tensors[source(tensor)]?.constant
    if (!(data instanceof Float32Array)) throw new Error(`tensor ${tensor} is not a float constant`)
    return { data, shape: shape(tensor) }
  }
  const conversion: Conversion = {
    writer,
    shape,
    constant,
    integers: (tensor) => {
      const data = model.tensors[tensor]?.constant
      if (!(data instanceof Int32Array)) throw new Error(`tensor ${tensor} is not an integer constant`)
      return data
    },
    operand: (tensor) => {
      const known = names.get(tensor)
      if (known !== undefined) return known
      const value = broadcastable(constant(tensor))
      return writer.floats(`constant${tensor}`, value.shape, value.data)
    },
    settle: (tensor, at) => names.set(tensor, at),
    alias: (tensor, of) => aliases.set(tensor, source(of)),
  }
  model.inputs.forEach((tensor, index) => {
    names.set(tensor, writer.input(`input${index}`, channelsSecond(shape(tensor))))
  })
  for (const operator of model.operators) {
    const convert = OPERATORS[operator.name]
    if (!convert) throw new Error(`no conversion for the operator ${operator.name}`)
    convert(conversion, operator)
  }
  model.outputs.forEach((tensor, index) => {
    writer.node('Identity', [conversion.operand(tensor)], `output${index}`)
    writer.output(`output${index}`, channelsSecond(shape(tensor)))
  })
  return writer.finish(name)
}
