/** Which stretches of the clip are good for what, each with the reason an operator may read. */
import type { Cast, CastFrame, Moment } from './cast.ts'

const WINDOW_MS = 1_500
/** What is liveliest is over soon. */
const LIVELY_MS = 500
/** Speech so far above the room's noise is clear, and so near to it is not to be understood, dB. */
const CLEAR_DB = 24
const DROWNED_DB = 6
const STEP_MS = 125
/** Most moments of one kind. */
const PER_KIND = 4

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
const unit = (value: number) => Math.min(1, Math.max(0, value))
const seconds = (ms: number) => (ms / 1000).toFixed(1)

type Window = { startMs: number; endMs: number; frames: readonly CastFrame[] }

const windowsOf = (frames: readonly CastFrame[], durationMs: number, wanted: number): Window[] => {
  const length = Math.min(wanted, durationMs)
  const windows: Window[] = []
  for (let startMs = 0; startMs + length <= durationMs + 1; startMs += STEP_MS) {
    const endMs = Math.min(durationMs, startMs + length)
    windows.push({ startMs, endMs, frames: frames.filter(({ timeMs }) => timeMs >= startMs && timeMs < endMs) })
  }
  return windows
}

/** The best of one kind that do not overlap by more than a third. */
const best = (moments: readonly Moment[]): Moment[] => {
  const chosen: Moment[] = []
  for (const moment of [...moments].sort((a, b) => b.score - a.score)) {
    const shared = (other: Moment) => Math.min(moment.endMs, other.endMs) - Math.max(moment.startMs, other.startMs)
    if (chosen.length < PER_KIND && chosen.every((other) => shared(other) < (moment.endMs - moment.startMs) / 3))
      chosen.push(moment)
  }
  return chosen
}

/** Finds the clip's moments. Frames without a face count against a moment. */
export const findMoments = (frames: readonly CastFrame[], voice: Cast['voice'], durationMs: number): Moment[] => {
  const windows = windowsOf(frames, durationMs, WINDOW_MS)
  const short = windowsOf(frames, durationMs, LIVELY_MS)
  const seen = ({ frames: within }: Window) => within.filter((frame) => frame.face).length / Math.max(1, within.length)
  const most = (of: readonly Window[]) => Math.max(1e-6, ...of.map((window) => mean(window.frames.map((frame) => frame.motion))))
  const [liveliest, restless] = [most(short), most(windows)]
  const smiles = windows.map((window): Moment => {
    const smile = mean(window.frames.map((frame) => frame.face?.smile ?? 0))
    return {
      kind: 'smile',
      startMs: window.startMs,
      endMs: window.endMs,
      score: unit(smile) * seen(window),
      reason: `smiles, ${smile.toFixed(2)} of 1, at ${seconds(window.startMs)} s`,
    }
  })
  const lively = short.map((window): Moment => {
    const share = mean(window.frames.map((frame) => frame.motion)) / liveliest
    return {
      kind: 'lively',
      startMs: window.startMs,
      endMs: window.endMs,
      score: unit(share) * (0.5 + 0.5 * seen(window)),
      reason: `moves most, ${share.toFixed(2)} of the clip's liveliest, at ${seconds(window.startMs)} s`,
    }
  })
  const calm = windows.map((window): Moment => {
    const still = 1 - mean(window.frames.map((frame) => frame.motion)) / restless
    const open = mean(window.frames.map((frame) => frame.face?.eyesOpen ?? 0))
    const frontal = mean(window.frames.map((frame) => (frame.face ? unit(1 - Math.abs(frame.face.yaw) / 0.7) : 0)))
    return {
      kind: 'calm',
      startMs: window.startMs,
      endMs: window.endMs,
      score: unit((0.4 * still + 0.3 * open + 0.3 * frontal) * seen(window)),
      reason: `looks into the camera and keeps still at ${seconds(window.startMs)} s`,
    }
  })
  const longest = Math.max(1, ...voice.segments.map(({ startMs, endMs }) => endMs - startMs))
  const sentences = voice.segments.map(({ startMs, endMs, levelDbfs }): Moment => {
    const above = levelDbfs === undefined || voice.noiseDbfs === undefined ? undefined : levelDbfs - voice.noiseDbfs
    const clear = above === undefined ? 1 : unit((above - DROWNED_DB) / (CLEAR_DB - DROWNED_DB))
    return {
      kind: 'sentence',
      startMs,
      endMs,
      score: unit((endMs - startMs) / longest) * (0.4 + 0.6 * clear),
      reason: `speaks for ${seconds(endMs - startMs)} s from ${seconds(startMs)} s${above === undefined ? '' : `, ${Math.round(above)} dB above the room`}`,
    }
  })
  return [...best(smiles.filter(({ score }) => score > 0.2)), ...best(lively), ...best(sentences), ...best(calm)]
}
