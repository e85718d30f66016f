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

const byte = (value: number) => Math.max(0, Math.min(255, Math.round(value)))

/** Shrinks a picture to RGBA of width x height by the mean of the pixels under each. */
export const toRgba = (picture: YuvPicture, width: number, height: number): Uint8ClampedArray => {
  const out = new Uint8ClampedArray(width * height * 4)
  const half = picture.width >> 1
  for (let oy = 0; oy < height; oy++) {
    const y0 = Math.floor((oy * picture.height) / height)
    const y1 = Math.max(y0 + 1, Math.floor(((oy + 1) * picture.height) / height))
    for (let ox = 0; ox < width; ox++) {
      const x0 = Math.floor((ox * picture.width) / width)
      const x1 = Math.max(x0 + 1, Math.floor(((ox + 1) * picture.width) / width))
      let sum = 0
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += picture.y[y * picture.width + x] ?? 0
      const luma = 1.164384 * (sum / ((y1 - y0) * (x1 - x0)) - 16)
      const at = ((y0 + y1) >> 2) * half + ((x0 + x1) >> 2)
      const u = (picture.u[at] ?? 128) - 128
      const v = (picture.v[at] ?? 128) - 128
      out.set(
        [byte(luma + 1.792741 * v), byte(luma - 0.213249 * u - 0.532909 * v), byte(luma + 2.112402 * u), 255],
        (oy * width + ox) * 4,
      )
    }
  }
  return out
}
