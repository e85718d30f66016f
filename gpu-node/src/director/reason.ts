/** Why a shot shows what it shows: one sentence for the operator who asks (F7). */
import type { StorySlot } from '@fanreel/content-packs/schema'
import type { Pace } from './pace.ts'
import type { Choice } from './windows.ts'

const seconds = (frames: number) => (frames / 24).toFixed(1)

export type Told = {
  slot: StorySlot
  choice: Choice
  /** Frames of the clip that it plays. */
  length: number
  pace: Pace
  voice?: { cutsSpeech: boolean }
  /** Whether the clip has any moment of the kind that is needed. */
  offered: boolean
  /** The shot it shares most with, by its place in the film from 1, and how many frames. */
  shared?: { shot: number; frames: number }
}

const whatOf = ({ slot, choice, voice, offered }: Told): string => {
  if (voice) return voice.cutsSpeech ? 'speaks without a pause, heard from here' : 'the whole sentence, mouth in view'
  if (choice.moment) return choice.moment.reason
  if (slot.need === 'any' || slot.need === 'sentence') return 'free seconds of the clip'
  return offered
    ? `no ${slot.need} moment free, the best of the rest`
    : `the clip has no ${slot.need} moment, the best of the rest`
}

const paceOf = ({ ramp, speed }: Pace): string => {
  if (ramp?.to === 0) return ', held at its end'
  if (ramp) return `, slowed to ${ramp.to.toFixed(2)} on the beat`
  return speed > 0.99 ? '' : `, at ${speed.toFixed(2)} of its pace`
}

export const reasonFor = (told: Told): string => {
  const { choice, length, pace, shared } = told
  const peak = choice.peak && `; ${choice.peak.kind} peaks on the beat (${seconds(choice.peak.frame)} s)`
  const again = shared && `; ${seconds(shared.frames)} s also in shot ${shared.shot}`
  const window = `${seconds(choice.start)}-${seconds(choice.start + length)} s`
  return `${window}: ${whatOf(told)}${told.voice ? '' : (peak ?? '')}${paceOf(pace)}${again ?? ''}`.slice(0, 200)
}
