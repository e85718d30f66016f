/**
 * Writes an ONNX file in memory, operator by operator. The part of onnx.proto that is needed stands here; numbers are
 * those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */
import protobuf from 'protobufjs'

const SCHEMA = `
syntax = "proto3";
message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8 [packed = false]; int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated Attribute attribute = 5; }
message Tensor { repeated int64 dims = 1 [packed = false]; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
message Dimension { int64 dim_value = 1; }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message Value { string name = 1; Type type = 2; }
message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated Value input = 11; repeated Value output = 12; }
message OperatorSet { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8; }
`
const Model = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Model')

const FLOAT = 1
const INT64 = 7
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const
/** ONNX operator set the nets are written in: the first with HardSwish' parts, Resize without a region and ReduceMean's axes as attribute. */
const OPERATOR_SET = 14

/** A value of an attribute: text, a whole number, a list of them, or a float. */
export type AttributeValue = string | number | readonly number[] | { float: number }

const attribute = (name: string, value: AttributeValue) => {
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value) }
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPE.int, i: value }
  if ('float' in value) return { name, type: ATTRIBUTE_TYPE.float, f: value.float }
  return { name, type: ATTRIBUTE_TYPE.ints, ints: value }
}

const valueInfo = (name: string, shape: readonly number[]) => ({
  name,
  type: { tensor_type: { elem_type: FLOAT, shape: { dim: shape.map((size) => ({ dim_value: size })) } } },
})

export class OnnxWriter {
  private readonly nodes: object[] = []
  private readonly constants = new Map<string, object>()
  private readonly inputs: object[] = []
  private readonly outputs: object[] = []

  input(name: string, shape: readonly number[]): string {
    this.inputs.push(valueInfo(name, shape))
    return name
  }

  output(name: string, shape: readonly number[]): void {
    this.outputs.push(valueInfo(name, shape))
  }

  /** Adds an operator with one output and returns that output's name. An empty input name leaves an optional input out. */
  node(type: string, inputs: readonly string[], output: string, attributes: Record<string, AttributeValue> = {}): string {
    const written = Object.entries(attributes).map(([name, value]) => attribute(name, value))
    this.nodes.push({ op_type: type, name: `${type}_${this.nodes.length}`, input: inputs, output: [output], attribute: written })
    return output
  }

  floats(name: string, dims: readonly number[], data: Float32Array): string {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    this.constants.set(name, { name, data_type: FLOAT, dims, raw_data: raw })
    return name
  }

  integers(name: string, values: readonly number[]): string {
    const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
    this.constants.set(name, { name, data_type: INT64, dims: [values.length], raw_data: raw })
    return name
  }

  /** The whole file. */
  finish(name: string): Uint8Array {
    const graph = { name, node: this.nodes, initializer: [...this.constants.values()], input: this.inputs, output: this.outputs }
    const model = { ir_version: 8, producer_name: 'fanreel', graph, opset_import: [{ domain: '', version: OPERATOR_SET }] }
    return Model.encode(model).finish()
  }
}
