/** The discrete Fourier transform of a block of sound, in place: radix 2, decimation in time (Cooley and Tukey, 1965). */

export type Transform = {
  size: number
  /** Transforms `real` and `imaginary` (both `size` long) in place; `inverse` also divides by `size`. */
  run(real: Float64Array, imaginary: Float64Array, inverse?: boolean): void
}

/** @param size a power of two */
export const createTransform = (size: number): Transform => {
  const cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size))
  const sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size))
  const bits = Math.log2(size)
  const order = Uint32Array.from({ length: size }, (_, i) => {
    let reversed = 0
    for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) reversed |= 1 << (bits - 1 - bit)
    return reversed
  })
  return {
    size,
    run(real, imaginary, inverse = false) {
      for (let i = 0; i < size; i++) {
        const j = order[i] ?? 0
        if (j <= i) continue
        const [a, b] = [real[i] ?? 0, imaginary[i] ?? 0]
        real[i] = real[j] ?? 0
        imaginary[i] = imaginary[j] ?? 0
        real[j] = a
        imaginary[j] = b
      }
      const turn = inverse ? 1 : -1
      for (let half = 1; half < size; half *= 2) {
        const step = size / (2 * half)
        for (let k = 0; k < half; k++) {
          const c = cos[k * step] ?? 1
          const s = turn * (sin[k * step] ?? 0)
          for (let i = k; i < size; i += 2 * half) {
            const j = i + half
            const re = (real[j] ?? 0) * c - (imaginary[j] ?? 0) * s
            const im = (real[j] ?? 0) * s + (imaginary[j] ?? 0) * c
            real[j] = (real[i] ?? 0) - re
            imaginary[j] = (imaginary[i] ?? 0) - im
            real[i] = (real[i] ?? 0) + re
            imaginary[i] = (imaginary[i] ?? 0) + im
          }
        }
      }
      if (!inverse) return
      for (let i = 0; i < size; i++) {
        real[i] = (real[i] ?? 0) / size
        imaginary[i] = (imaginary[i] ?? 0) / size
      }
    },
  }
}
