/**
 * The director: decides the film. Pure: the same story, cast, music and seed give the same shot list, which is all an
 * engine needs to know. Each shot carries the reason for its moment (rules F1-F6 of SPEC.md).
 */
import type { Pack, StorySlot } from '@fanreel/content-packs/schema'
import type { Shot, ShotList } from '@fanreel/protocol'
import type { Cast } from '../vision/cast.ts'
import { beatFrame, FILM_FPS, filmBeats, spreadBeats } from './beats.ts'
import { paceShots, SLOWEST } from './pace.ts'
import { seededRandom, seedFor } from './random.ts'
import { findSentence } from './sentence.ts'
import { untangle } from './untangle.ts'
import { type ChosenWindow, chooseWindows, type Window, type WindowRequest } from './windows.ts'

export type Direction = {
  pack: Pack
  packHash: string
  cast: Cast
  seed: number
  /** The film's pictures, in pixels; 720x1280 where nothing else is asked for. */
  size?: { width: number; height: number }
}

/** Shortest shot, in beats. */
const LEAST_BEATS = 2
/** A sentence gets this long before and after it, in milliseconds, so that it is not cut off. */
const BREATH_MS = 120

const hidesFace = (slot: StorySlot) => slot.treatment === 'silhouette' || slot.treatment === 'echo'
const seconds = (ms: number) => (ms / 1000).toFixed(1)

/** Slots with an own plate view, camera path and treatment each; a story that repeats one loses the later slot (F1). */
const distinctSlots = (story: readonly StorySlot[]): StorySlot[] => {
  const used = new Set<string>()
  return story.filter((slot) => {
    const marks = [`v:${slot.view}`, `c:${slot.camera}`, `t:${slot.treatment}`]
    if (marks.some((mark) => used.has(mark))) return false
    for (const mark of marks) used.add(mark)
    return true
  })
}

const reasonFor = (slot: StorySlot, window: ChosenWindow, voice: boolean, speed: number): string => {
  const why = voice
    ? 'the sentence is spoken here, mouth in view'
    : (window.moment?.reason ??
      (slot.need === 'any' ? 'free seconds of the clip' : `no ${slot.need} moment left: best of the rest`))
  const pace = speed < 0.95 ? `, slowed to ${speed.toFixed(2)}` : ''
  const shared = window.overlapMs > 1 ? `; shares ${seconds(window.overlapMs)} s, the clip is short` : ''
  return `${seconds(window.startMs)}-${seconds(window.endMs)} s: ${why}${pace}${shared}`.slice(0, 200)
}

/** Chooses windows one by one, and sets them side by side where that made them overlap without need. */
const windowsFor = (
  cast: Cast,
  requests: readonly (WindowRequest & { frames: number })[],
  voice: readonly Window[],
  seed: number,
) => {
  const chosen = chooseWindows(cast, requests, voice, seededRandom(seedFor(seed, 'windows')))
  if (chosen.every((window) => window.overlapMs < 0.5)) return chosen
  const wishes = chosen.map((window, k) => ({ ...window, leastMs: ((requests[k]?.frames ?? 1) * 1000 * SLOWEST) / FILM_FPS }))
  const apart = untangle(wishes, voice[0], cast.clip.durationMs)
  return apart ? chosen.map((window, k) => ({ ...window, ...apart[k], overlapMs: 0 })) : chosen
}

/** Directs one film. The pack is parsed and the cast usable; both are checked before. */
export const direct = ({ pack, packHash, cast, seed, size = { width: 720, height: 1280 } }: Direction): ShotList => {
  const slots = distinctSlots(pack.story)
  const totalBeats = filmBeats(pack.music)
  const beatMs = 60_000 / pack.music.bpm
  const sentence = findSentence(cast)
  const voiceSlot = sentence ? slots.findIndex((slot) => slot.need === 'sentence' && !hidesFace(slot)) : -1

  const wanted = slots.map((slot) => slot.beats)
  if (sentence && voiceSlot >= 0) {
    const length = Math.min(cast.clip.durationMs, sentence.endMs - sentence.startMs + 2 * BREATH_MS)
    const fits = Math.ceil(length / beatMs)
    const most = Math.max(LEAST_BEATS, Math.floor(cast.clip.durationMs / beatMs))
    wanted[voiceSlot] = Math.max(LEAST_BEATS, Math.min(fits, most, wanted[voiceSlot] ?? fits))
  }
  const beats = spreadBeats(wanted, totalBeats, LEAST_BEATS, new Set(voiceSlot >= 0 ? [voiceSlot] : []))
  const starts = beats.map((_, index) =>
    beatFrame(
      pack.music,
      beats.slice(0, index).reduce((sum, count) => sum + count, 0),
    ),
  )
  const frames = beatFrame(pack.music, totalBeats)
  const lengths = starts.map((start, index) => (starts[index + 1] ?? frames) - start)

  // The voice plays as it was filmed; everything else shares what is left of the clip (F4).
  const voiceFrames = lengths[voiceSlot] ?? 0
  const voiceMs = (voiceFrames * 1000) / FILM_FPS
  const voiceWindow: ChosenWindow[] = []
  if (sentence && voiceSlot >= 0) {
    const centred = (sentence.startMs + Math.min(sentence.endMs, sentence.startMs + voiceMs - BREATH_MS) - voiceMs) / 2
    const onset = Math.min(centred, sentence.startMs - BREATH_MS)
    const startMs = Math.round(Math.max(0, Math.min(cast.clip.durationMs - voiceMs, onset)) * 0.024) / 0.024
    voiceWindow.push({ startMs, endMs: startMs + voiceMs, overlapMs: 0 })
  }
  const others = slots.map((_, index) => index).filter((index) => index !== voiceSlot)
  const speeds = paceShots(
    others.map((index) => ({ frames: lengths[index] ?? 0, need: slots[index]?.need ?? 'any' })),
    cast.clip.durationMs - (voiceWindow.length > 0 ? voiceMs : 0),
  )
  const requests = others.map((index, k) => {
    const slot = slots[index]
    return {
      index,
      frames: lengths[index] ?? 1,
      need: slot?.need ?? ('any' as const),
      lengthMs: ((lengths[index] ?? 0) * 1000 * (speeds[k] ?? 1)) / FILM_FPS,
      face: slot ? !hidesFace(slot) : false,
    }
  })
  // Those who are hardest to please choose first.
  const rank = { smile: 0, sentence: 1, lively: 2, calm: 3, any: 4 } as const
  requests.sort((a, b) => rank[a.need] - rank[b.need] || b.lengthMs - a.lengthMs)
  const windows = windowsFor(cast, requests, voiceWindow, seed)

  const shots = slots.map((slot, index): Shot => {
    const voice = index === voiceSlot
    const window = voice ? voiceWindow[0] : windows[requests.findIndex((request) => request.index === index)]
    if (!window) throw new Error('a slot without a window')
    const speed = voice
      ? 1
      : Math.min(4, Math.max(0.25, ((window.endMs - window.startMs) * FILM_FPS) / (1000 * (lengths[index] ?? 1))))
    return {
      id: `${index + 1}-${slot.id}`.slice(0, 40),
      slot: slot.id,
      framing: slot.framing,
      treatment: slot.treatment,
      plateView: slot.view,
      camera: slot.camera,
      startFrame: starts[index] ?? 0,
      frames: lengths[index] ?? 1,
      source: {
        startMs: Math.round(window.startMs * 10) / 10,
        endMs: Math.round(window.endMs * 10) / 10,
        speed: Math.round(speed * 1000) / 1000,
      },
      voice,
      transition: index === 0 ? 'cut' : slot.transition,
      reason: reasonFor(slot, window, voice, speed),
    }
  })
  return {
    version: 1,
    packId: pack.packId,
    packHash,
    seed,
    fps: FILM_FPS,
    width: size.width,
    height: size.height,
    frames,
    beatFrames: Array.from({ length: totalBeats }, (_, index) => beatFrame(pack.music, index)),
    shots,
  }
}
