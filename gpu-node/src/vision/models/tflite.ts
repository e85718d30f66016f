/**
 * A TFLite file as plain data: tensors with their constants widened to float32, and operators in order. Field numbers
 * follow tensorflow/lite/schema/schema.fbs.
 */
import { FlatBuffer, type Table } from './flatbuffer.ts'

export type TfliteTensor = {
  shape: readonly number[]
  /** Present in constants: float32 values, or integers for shapes and paddings. */
  constant?: Float32Array | Int32Array
}

export type TfliteOperator = {
  /** Built-in operator's name, or a custom one's own. */
  name: string
  inputs: readonly number[]
  outputs: readonly number[]
  /** Reads the operator's options by field number. */
  option: { int8(index: number): number; int32(index: number, fallback?: number): number }
  /** Options of a custom operator, as bytes. */
  custom: Uint8Array
}

export type TfliteModel = {
  tensors: readonly TfliteTensor[]
  operators: readonly TfliteOperator[]
  inputs: readonly number[]
  outputs: readonly number[]
}

const BUILT_IN: Record<number, string> = {
  0: 'ADD',
  1: 'AVERAGE_POOL_2D',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  14: 'LOGISTIC',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  22: 'RESHAPE',
  23: 'RESIZE_BILINEAR',
  34: 'PAD',
  54: 'PRELU',
  117: 'HARD_SWISH',
}
const CUSTOM = 32

/** One IEEE 754 half-precision number. */
export const halfToFloat = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const constantOf = (bytes: Uint8Array, type: number): Float32Array | Int32Array | undefined => {
  if (bytes.length === 0) return undefined
  const own = bytes.slice().buffer
  if (type === 0) return new Float32Array(own)
  if (type === 1) {
    const halves = new Uint16Array(own)
    const floats = new Float32Array(halves.length)
    for (let at = 0; at < floats.length; at++) floats[at] = halfToFloat(halves[at] ?? 0)
    return floats
  }
  if (type === 2) return new Int32Array(own)
  return undefined
}

/** What stands at byte 4 of every TFLite file. */
const IDENTIFIER = 'TFL3'

/**
 * Parses a TFLite file with one subgraph.
 * @throws where it is none: by its identifier, or where an offset leads out of it.
 */
export const parseTflite = (bytes: Uint8Array): TfliteModel => {
  if (new TextDecoder().decode(bytes.subarray(4, 8)) !== IDENTIFIER) throw new Error('not a TFLite file')
  const file = new FlatBuffer(bytes)
  const model = file.root()
  const names = file.tables(model, 1).map((code: Table) => {
    const number = Math.max(file.int8(code, 0) & 0xff, file.int32(code, 3))
    return number === CUSTOM ? file.string(code, 1) : (BUILT_IN[number] ?? `operator ${number}`)
  })
  const buffers = file.tables(model, 4)
  const graph = file.tables(model, 2)[0] ?? 0
  const tensors = file.tables(graph, 0).map((tensor): TfliteTensor => {
    const constant = constantOf(file.byteVector(buffers[file.int32(tensor, 2)] ?? 0, 0), file.int8(tensor, 1))
    return { shape: file.int32s(tensor, 0), ...(constant ? { constant } : {}) }
  })
  const operators = file.tables(graph, 3).map((operator): TfliteOperator => {
    const options = file.table(operator, 4)
    return {
      name: names[file.int32(operator, 0)] ?? '',
      inputs: file.int32s(operator, 1),
      outputs: file.int32s(operator, 2),
      option: { int8: (index) => file.int8(options, index), int32: (index, fallback) => file.int32(options, index, fallback) },
      custom: file.byteVector(operator, 5),
    }
  })
  return { tensors, operators, inputs: file.int32s(graph, 1), outputs: file.int32s(graph, 2) }
}
