/** Tensor layouts: TFLite keeps channels last, ONNX wants them second. */

export type Constant = { data: Float32Array; shape: readonly number[] }

/** A channels-last shape as channels-second; shapes of other ranks stay. */
export const channelsSecond = (shape: readonly number[]): number[] => {
  const [batch = 1, height = 1, width = 1, channels = 1] = shape
  return shape.length === 4 ? [batch, channels, height, width] : [...shape]
}

/** Reorders the axes of a rank-4 constant: axis `order[k]` of the old becomes axis `k` of the new. */
export const permute = (constant: Constant, order: readonly [number, number, number, number]): Constant => {
  const [a = 1, b = 1, c = 1, d = 1] = constant.shape
  const strides = [b * c * d, c * d, d, 1]
  const sizes = [a, b, c, d]
  const shape = order.map((axis) => sizes[axis] ?? 1)
  const step = order.map((axis) => strides[axis] ?? 1)
  const [n0 = 1, n1 = 1, n2 = 1, n3 = 1] = shape
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = step
  const data = new Float32Array(constant.data.length)
  let at = 0
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      for (let k = 0; k < n2; k++) {
        for (let l = 0; l < n3; l++) data[at++] = constant.data[i * s0 + j * s1 + k * s2 + l * s3] ?? 0
      }
    }
  }
  return { data, shape }
}

/** Padding of TensorFlow's SAME along one axis: before and after. */
export const samePadding = (size: number, kernel: number, stride: number, dilation = 1): [before: number, after: number] => {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
  return [total >> 1, total - (total >> 1)]
}
