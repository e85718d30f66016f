/** A stretch of stereo sound that others are laid onto: the film's time, in samples from its first frame. */
import { SAMPLE_RATE } from '../media/limits.ts'
import type { Sound } from './pcm.ts'

/** A stretch of the film's samples and how loud a sound is in it: all along, or from sample to sample. */
export type Stretch = { from: number; to: number; values: number | Float32Array }
/** A curve over the film: stretches in order, one after the other. Where there is none, nothing is heard. */
export type Curve = readonly Stretch[]

export const silence = (length: number): Sound => [new Float32Array(length), new Float32Array(length)]

export const samplesOf = (seconds: number): number => Math.round(seconds * SAMPLE_RATE)

/**
 * Adds `sound` to `bus` from sample `at` on, of `sound` only what lies between `from` and `to`; what lies outside the bus is
 * left out. A mono sound stands in the middle. `level`: one number, or a curve over the film.
 */
export const lay = (
  bus: Sound,
  sound: Sound,
  at: number,
  level: number | Curve,
  { from = 0, to = Number.POSITIVE_INFINITY } = {},
): void => {
  const stretches = typeof level === 'number' ? [{ from: 0, to: Number.POSITIVE_INFINITY, values: level }] : level
  bus.forEach((channel, c) => {
    const source = sound[Math.min(c, sound.length - 1)]
    if (!source) return
    const first = Math.max(0, at + from)
    const last = Math.min(channel.length, at + source.length, at + to)
    for (const { from: begins, to: ends, values } of stretches) {
      const [start, end] = [Math.max(first, begins), Math.min(last, ends)]
      if (values === 0) continue
      if (typeof values === 'number')
        for (let i = start; i < end; i++) channel[i] = (channel[i] ?? 0) + (source[i - at] ?? 0) * values
      else for (let i = start; i < end; i++) channel[i] = (channel[i] ?? 0) + (source[i - at] ?? 0) * (values[i - begins] ?? 0)
    }
  })
}

/** Seconds over which a loop's end runs into its start. */
const SEAM_SECONDS = 0.3

/** Fills the whole bus with `sound`, again and again, each time faded into the next at equal power. */
export const layLoop = (bus: Sound, sound: Sound, level: number | Curve): void => {
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
export const curve = (first: number, turns: readonly Turn[], length: number): Curve => {
  const out: Stretch[] = []
  let value = first
  let at = 0
  const hold = (to: number) => {
    if (to > at) out.push({ from: at, to, values: value })
    at = Math.max(at, to)
  }
  turns.forEach((turn, index) => {
    hold(Math.min(length, Math.round(turn.at)))
    const ramp = Math.max(1, Math.round(turn.ramp))
    const next = Math.round(turns[index + 1]?.at ?? length)
    const end = Math.min(length, at + ramp, Math.max(at, next))
    const before = value
    const values = Float32Array.from(
      { length: end - at },
      (_, i) => before + (turn.value - before) * (0.5 - 0.5 * Math.cos((Math.PI * (i + 1)) / ramp)),
    )
    if (end > at) out.push({ from: at, to: end, values })
    // A turn that is cut short by the next one goes on from where it has come.
    value = end - at === ramp ? turn.value : (values.at(-1) ?? before)
    at = end
  })
  hold(length)
  return out
}
