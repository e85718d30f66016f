/** The one thing that operators and the net's conversion share. */
import type { Constant } from './layout.ts'
import type { OnnxWriter } from './onnx-writer.ts'

/** What an operator's conversion may ask and do. */
export type Conversion = {
  writer: OnnxWriter
  shape(tensor: number): readonly number[]
  /** A constant tensor's floats. */
  constant(tensor: number): Constant
  /** A constant tensor's integers. */
  integers(tensor: number): Int32Array
  /** The ONNX name of a tensor that was computed before, or of a constant operand laid out to broadcast. */
  operand(tensor: number): string
  /** Declares that `tensor` lies under `name`. */
  settle(tensor: number, name: string): void
  /** Declares that `tensor` is the same constant as `source`. */
  alias(tensor: number, source: number): void
}
