/** Finds and mends clicks: samples that stand out from their neighbours as nothing that sounds does (F21). */

/** How far the second difference stands out from the highest about it, and the least that can be heard. */
const OUTLIER = 6
const LEAST = 0.02
/** A click is shorter, in samples; what is longer is a sound. */
const LONGEST = 40
/** The highest is taken over blocks of this many samples, so many on each side, the nearest left out: 10 ms, a low voice's period. */
const BLOCK = 48
const BLOCKS = 10

/**
 * Stretches of samples that are clicks. `samples`: mono, 48 kHz. Judged by the second difference, which is large at a step,
 * against its own highest nearby: a buzzing reed or a throat has such steps too, but again and again.
 */
export const findClicks = (samples: Float32Array): { from: number; to: number }[] => {
  const bend = new Float32Array(samples.length)
  const highest = new Float32Array(Math.ceil(samples.length / BLOCK))
  for (let i = 1; i + 1 < samples.length; i++) {
    const here = Math.abs((samples[i - 1] ?? 0) - 2 * (samples[i] ?? 0) + (samples[i + 1] ?? 0))
    bend[i] = here
    const block = Math.floor(i / BLOCK)
    if (here > (highest[block] ?? 0)) highest[block] = here
  }
  const usual = (block: number): number => {
    let most = 0
    for (let away = 2; away <= BLOCKS; away++) most = Math.max(most, highest[block - away] ?? 0, highest[block + away] ?? 0)
    return most
  }
  const found: { from: number; to: number }[] = []
  highest.forEach((most, block) => {
    const limit = Math.max(LEAST, OUTLIER * usual(block))
    if (most < limit) return
    for (let i = block * BLOCK; i < (block + 1) * BLOCK && i < samples.length; i++) {
      if ((bend[i] ?? 0) < limit) continue
      const last = found.at(-1)
      if (last && i - last.to < LONGEST) last.to = i + 2
      else found.push({ from: i - 1, to: i + 2 })
    }
  })
  return found.filter(({ from, to }) => to - from <= LONGEST)
}

/** `samples` with each click bridged by a smooth line from before to behind it. */
export const removeClicks = (samples: Float32Array): Float32Array => {
  const out = samples.slice()
  for (const { from, to } of findClicks(samples)) {
    const [a, b] = [Math.max(0, from - 2), Math.min(samples.length - 1, to + 2)]
    for (let i = a; i <= b; i++) {
      const t = (i - a) / Math.max(1, b - a)
      out[i] = (out[a] ?? 0) * (1 - t) + (samples[b] ?? 0) * t
    }
  }
  return out
}
