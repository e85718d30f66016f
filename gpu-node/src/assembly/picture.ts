/** A picture of the film in memory: planar yuv420p, 8 bits, BT.709, limited range. */

export type YuvPicture = { width: number; height: number; y: Uint8Array; u: Uint8Array; v: Uint8Array }

/** Views the bytes of a picture as its three planes; nothing is copied. */
export const planesOf = (bytes: Uint8Array, width: number, height: number): YuvPicture => {
  const luma = width * height
  const chroma = luma / 4
  return {
    width,
    height,
    y: bytes.subarray(0, luma),
    u: bytes.subarray(luma, luma + chroma),
    v: bytes.subarray(luma + chroma, luma + 2 * chroma),
  }
}

/** BT.709, limited range. */
export const yuvOf = (r: number, g: number, b: number): [number, number, number] => [
  16 + 0.182586 * r + 0.614231 * g + 0.062007 * b,
  128 - 0.100642 * r - 0.33857 * g + 0.439212 * b,
  128 + 0.439212 * r - 0.398934 * g - 0.040278 * b,
]

/** Pixels looked at each way under one of a shrunk picture: more cost time and show no difference. */
const LOOKS = 2

/** Shrinks a picture to RGBA of width x height by the mean of some of the pixels under each. */
export const toRgba = (picture: YuvPicture, width: number, height: number): Uint8ClampedArray => {
  const out = new Uint8ClampedArray(width * height * 4)
  const half = picture.width >> 1
  for (let oy = 0; oy < height; oy++) {
    const y0 = Math.floor((oy * picture.height) / height)
    const y1 = Math.max(y0 + 1, Math.floor(((oy + 1) * picture.height) / height))
    const down = Math.ceil((y1 - y0) / LOOKS)
    for (let ox = 0; ox < width; ox++) {
      const x0 = Math.floor((ox * picture.width) / width)
      const x1 = Math.max(x0 + 1, Math.floor(((ox + 1) * picture.width) / width))
      const across = Math.ceil((x1 - x0) / LOOKS)
      let sum = 0
      let count = 0
      for (let y = y0; y < y1; y += down)
        for (let x = x0; x < x1; x += across) {
          sum += picture.y[y * picture.width + x] ?? 0
          count++
        }
      const luma = 1.164384 * (sum / count - 16)
      const at = ((y0 + y1) >> 2) * half + ((x0 + x1) >> 2)
      const u = (picture.u[at] ?? 128) - 128
      const v = (picture.v[at] ?? 128) - 128
      const to = (oy * width + ox) * 4
      // Rounded and kept within a byte by the array itself.
      out[to] = luma + 1.792741 * v
      out[to + 1] = luma - 0.213249 * u - 0.532909 * v
      out[to + 2] = luma + 2.112402 * u
      out[to + 3] = 255
    }
  }
  return out
}
