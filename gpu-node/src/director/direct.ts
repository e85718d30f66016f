/**
 * The director: decides the film. Pure: the same story, cast, music and seed give the same shot list, which is all an
 * engine needs to know. Each shot carries the reason for its moment (rules F1-F7 of SPEC.md, decision 0008).
 */
import type { Pack, StorySlot } from '@fanreel/content-packs/schema'
import { distinctSlots } from '@fanreel/content-packs/schema/faults'
import type { Shot, ShotList } from '@fanreel/protocol'
import type { Cast } from '../vision/cast.ts'
import { beatFrame, FILM_FPS, filmBeats, spreadBeats } from './beats.ts'
import { type Pace, paceShots, windowFrames, windowPosition } from './pace.ts'
import { seededRandom, seedFor } from './random.ts'
import { reasonFor } from './reason.ts'
import { findSentence, type VoiceWindow, windowOfSentence } from './sentence.ts'
import { type Choice, chooseWindows, type Wish } from './windows.ts'

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
/** The most the voice's shot takes of the film. */
const MOST_VOICE = 0.38

const hidesFace = (slot: StorySlot) => slot.treatment === 'silhouette' || slot.treatment === 'echo'
/** Treatments that replay rather than show, and so may share seconds with another shot: decision 0008. */
const replays = (slot: StorySlot) => slot.treatment === 'echo' || slot.treatment === 'screen'

type Voice = VoiceWindow & { slot: number }

/** The slot in which the sentence is heard, and its window. */
const voiceOf = (cast: Cast, slots: readonly StorySlot[], music: Pack['music'], totalBeats: number): Voice | undefined => {
  const slot = slots.findIndex((one) => one.need === 'sentence' && !hidesFace(one))
  const sentence = findSentence(cast)
  if (!sentence || slot < 0) return undefined
  const most = Math.min(Math.round(totalBeats * MOST_VOICE), totalBeats - LEAST_BEATS * (slots.length - 1))
  // A beat is a picture longer here and there: the longest it can be must fit.
  const pictures = (beats: number) => Math.ceil(beatFrame(music, beats)) + 1
  const window = windowOfSentence(cast, sentence, pictures, LEAST_BEATS, most)
  return window && { ...window, slot }
}

/** The film's time: on which picture each slot begins, how long it is, and its own pictures on which a beat falls. */
const layOut = (slots: readonly StorySlot[], voice: Voice | undefined, music: Pack['music'], totalBeats: number) => {
  // Without a sentence its slot is a shot like any other.
  const usual = Math.floor(totalBeats / slots.length)
  const wanted = slots.map((slot, index) => {
    if (index === voice?.slot) return voice.beats
    return slot.need === 'sentence' ? Math.min(slot.beats, usual) : slot.beats
  })
  const beats = spreadBeats(wanted, totalBeats, LEAST_BEATS, new Set(voice ? [voice.slot] : []))
  let from = 0
  return beats.map((count) => {
    const [startFrame, first] = [beatFrame(music, from), from]
    from += count
    const inside = Array.from({ length: count - 1 }, (_, k) => beatFrame(music, first + k + 1) - startFrame)
    return { startFrame, pictures: beatFrame(music, from) - startFrame, beats: inside }
  })
}

/** The frames of its window on which something should happen: where its pace turns, or else every beat. */
const accentsOf = ({ pictures, beats }: { pictures: number; beats: readonly number[] }, { speed, ramp }: Pace): number[] => {
  const length = windowFrames(pictures, speed) - 1
  const at = (t: number) => length * windowPosition(t, ramp ? { ramp } : {})
  return ramp ? [at(ramp.at)] : beats.map((picture) => at(picture / Math.max(1, pictures - 1)))
}

const tenth = (value: number) => Math.round(value * 10) / 10

const sharedMost = (index: number, choices: readonly Choice[], wishes: readonly Wish[]) => {
  const end = (k: number) => (choices[k]?.start ?? 0) + (wishes[k]?.length ?? 0)
  const frames = choices.map((choice, k) =>
    k === index ? 0 : Math.min(end(k), end(index)) - Math.max(choice.start, choices[index]?.start ?? 0),
  )
  const most = Math.max(...frames)
  return most > 1 ? { shot: frames.indexOf(most) + 1, frames: most } : undefined
}

/** Directs one film. The pack is parsed and the cast usable; both are checked before. */
export const direct = ({ pack, packHash, cast, seed, size = { width: 720, height: 1280 } }: Direction): ShotList => {
  // A story that repeats a view, a camera path or a treatment loses the later slot (F1).
  const slots = distinctSlots(pack.story)
  const totalBeats = filmBeats(pack.music)
  const voice = voiceOf(cast, slots, pack.music, totalBeats)
  const laid = layOut(slots, voice, pack.music, totalBeats)
  const shots = slots.map((slot, index) => {
    const time = laid[index] ?? { startFrame: 0, pictures: 1, beats: [] }
    return { slot, ...time, voice: index === voice?.slot }
  })
  const clipFrames = cast.frames.length
  const paces = paceShots(
    shots.map(({ slot, pictures, beats, voice }) => ({ ...slot, pictures, beats, voice })),
    clipFrames,
  )
  const wishes = shots.map((shot, index): Wish => {
    const pace = paces[index] ?? { speed: 1 }
    return {
      // An outline and trails of light are nothing without movement.
      need: shot.slot.need === 'any' && hidesFace(shot.slot) ? 'lively' : shot.slot.need,
      length: Math.min(clipFrames, windowFrames(shot.pictures, pace.speed)),
      plain: !replays(shot.slot),
      close: shot.slot.framing === 'close',
      accents: accentsOf(shot, pace),
      rests: pace.ramp?.to === 0,
      ...(pace.ramp && pace.ramp.to > 0 && { slowFrom: accentsOf(shot, pace)[0] ?? 0 }),
      ...(voice && shot.voice && { fixed: Math.min(voice.start, clipFrames - shot.pictures) }),
    }
  })
  const choices = chooseWindows(cast, wishes, seededRandom(seedFor(seed, 'windows')))
  return {
    version: 1,
    packId: pack.packId,
    packHash,
    seed,
    fps: FILM_FPS,
    width: size.width,
    height: size.height,
    frames: beatFrame(pack.music, totalBeats),
    beatFrames: Array.from({ length: totalBeats }, (_, index) => beatFrame(pack.music, index)),
    shots: shots.map(({ slot, startFrame, pictures, voice: heard }, index): Shot => {
      const [pace, choice, length] = [paces[index] ?? { speed: 1 }, choices[index] ?? { start: 0 }, wishes[index]?.length ?? 1]
      const shared = sharedMost(index, choices, wishes)
      const offered = cast.moments.some(({ kind }) => kind === slot.need)
      const told = { slot, choice, length, pace, offered, ...(heard && voice && { voice }), ...(shared && { shared }) }
      return {
        id: `${index + 1}-${slot.id}`.slice(0, 40),
        slot: slot.id,
        framing: slot.framing,
        treatment: slot.treatment,
        plateView: slot.view,
        camera: slot.camera,
        startFrame,
        frames: pictures,
        source: {
          startMs: tenth((choice.start * 1000) / FILM_FPS),
          endMs: tenth(((choice.start + length) * 1000) / FILM_FPS),
          speed: Math.round(pace.speed * 1000) / 1000,
          ...(pace.ramp && { ramp: pace.ramp }),
        },
        voice: heard,
        transition: index === 0 ? 'cut' : slot.transition,
        reason: reasonFor(told),
      }
    }),
  }
}
