/** A stretch of stereo sound that others are laid onto: the film's time, in samples from its first frame. */
import { SAMPLE_RATE } from '../media/limits.ts'
import type { Sound } from './pcm.ts'

/** How loud a sound is: one number, or a curve over samples of the film. */
export type Level = number | Float32Array

export const silence = (length: number): Sound => [new Float32Array(length), new Float32Array(length)]

export const samplesOf = (seconds: number): number => Math.round(seconds * SAMPLE_RATE)

/**
 * Adds `sound` to `bus` from sample `at` on, of `sound` only what lies between `from` and `to`; what lies outside the bus is
 * left out. A mono sound stands in the middle. `levelAt`: the sample of the film on which a curve begins.
 */
export const lay = (
  bus: Sound,
  sound: Sound,
  at: number,
  level: Level,
  { from = 0, to = Number.POSITIVE_INFINITY, levelAt = 0 } = {},
): void => {
  bus.forEach((channel, c) => {
    const source = sound[Math.min(c, sound.length - 1)]
    if (!source) return
    const start = Math.max(from, -at)
    const end = Math.min(source.length, channel.length - at, to)
    if (typeof level === 'number')
      for (let i = start; i < end; i++) channel[at + i] = (channel[at + i] ?? 0) + (source[i] ?? 0) * level
    else
      for (let i = start; i < end; i++)
        channel[at + i] = (channel[at + i] ?? 0) + (source[i] ?? 0) * (level[at + i - levelAt] ?? 0)
  })
}

/** Seconds over which a loop's end runs into its start. */
const SEAM_SECONDS = 0.3

/** Fills the whole bus with `sound`, again and again, each time faded into the next at equal power. */
export const layLoop = (bus: Sound, sound: Sound, level: Level): void => {
  const length = bus[0]?.length ?? 0
  const own = sound[0]?.length ?? 0
  const seam = Math.min(samplesOf(SEAM_SECONDS), own >> 1)
  if (own < 2) return
  const rise = Float32Array.from({ length: seam }, (_, i) => Math.sin(((Math.PI / 2) * (i + 0.5)) / seam))
  const seamed = sound.map((channel) => {
    const out = channel.slice()
    for (let i = 0; i < seam; i++) {
      out[i] = (out[i] ?? 0) * (rise[i] ?? 0)
      out[own - 1 - i] = (out[own - 1 - i] ?? 0) * (rise[i] ?? 0)
    }
    return out
  })
  // The first time it is heard from its first sample on.
  lay(bus, sound, 0, level, { to: seam })
  for (let at = 0; at < length; at += own - seam) lay(bus, seamed, at, level, { from: at === 0 ? seam : 0 })
}

/** A point of a curve: from this sample on, the value moves to `value` within `ramp` samples. */
export type Turn = { at: number; value: number; ramp: number }

/** A curve that starts at `first` and turns smoothly, without a step. `turns` in order of time. */
export const curve = (first: number, turns: readonly Turn[], length: number): Float32Array => {
  const out = new Float32Array(length)
  let value = first
  let at = 0
  turns.forEach((turn, index) => {
    const start = Math.max(at, Math.min(length, Math.round(turn.at)))
    out.fill(value, at, start)
    const next = Math.round(turns[index + 1]?.at ?? length)
    const ramp = Math.max(1, Math.round(turn.ramp))
    const end = Math.min(length, start + ramp, Math.max(start, next))
    const before = value
    for (let i = start; i < end; i++) {
      const share = 0.5 - 0.5 * Math.cos((Math.PI * (i - start + 1)) / ramp)
      value = before + (turn.value - before) * share
      out[i] = value
    }
    at = end
  })
  out.fill(value, at)
  return out
}
