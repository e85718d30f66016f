/** What counts as a voice in a hall: real ones at several distances from the noise, and what is loud and is none. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CLIP_RULES } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { mediaFolder, sampleVisitor } from '../../../tests/support/media.ts'
import { meterShare } from './meters.ts'
import { createSpeechMeter, type Hearing, isHeard } from './speech-meter.ts'

const RATE = 48_000
const SECONDS = 8
const visitors = join(mediaFolder, 'visitors')

const soundOf = (...input: string[]): Float32Array => {
  const bytes = execFileSync('ffmpeg', ['-v', 'error', ...input, '-ac', '1', '-ar', `${RATE}`, '-f', 'f32le', '-'], {
    maxBuffer: 2 ** 28,
  })
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength - (bytes.byteLength % 4)))
}
const rms = (sound: Float32Array): number => Math.sqrt(sound.reduce((sum, value) => sum + value * value, 0) / sound.length)
/** A sound at this level, dBFS RMS. */
const atLevel = (sound: Float32Array, dbfs: number): Float32Array => {
  const gain = 10 ** (dbfs / 20) / rms(sound)
  return sound.map((value) => value * gain)
}
const mixed = (one: Float32Array, other: Float32Array): Float32Array => one.map((value, index) => value + (other[index] ?? 0))
const times = (sound: Float32Array, gainAt: (second: number) => number): Float32Array =>
  sound.map((value, index) => value * gainAt(index / RATE))

/** The most that is heard at any time, in pieces as a screen hears them. */
const heardIn = (sound: Float32Array): Hearing & { heard: boolean } => {
  const meter = createSpeechMeter(RATE)
  let most: Hearing | undefined
  let heard = false
  for (let at = 0; at < sound.length; at += 800) {
    const now = meter.hear(sound.subarray(at, at + 800))
    heard ||= isHeard(now)
    if (!most || now.speechMs >= most.speechMs) most = now
  }
  if (!most) throw new Error('no sound')
  return { ...most, heard }
}

const noise = (colour: 'pink' | 'brown' | 'white') => soundOf('-f', 'lavfi', '-i', `anoisesrc=d=${SECONDS}:c=${colour}:s=7`)
const HISS = noise('pink')
/** Claps at these seconds, each dying away in a hall of this reverberation, seconds to a thousandth. */
const claps = (at: readonly number[], dies: number): Float32Array => {
  const white = noise('white')
  const sound = new Float32Array(white.length)
  for (const clap of at)
    for (let index = 0; index < dies * RATE; index++) {
      const place = Math.round(clap * RATE) + index
      sound[place] = (sound[place] ?? 0) + (white[place] ?? 0) * Math.exp((-6.9 * index) / (dies * RATE))
    }
  return sound
}
const APPLAUSE = claps(
  Array.from({ length: 300 }, (_, index) => (index * SECONDS) / 300 + 0.013 * Math.sin(7 * index)),
  0.15,
)
const HALLS: Record<string, Float32Array> = {
  hiss: HISS,
  rumble: noise('brown'),
  roar: times(HISS, (second) => 1 + 0.3 * Math.sin(2.5 * second) + 0.15 * Math.sin(8.2 * second)),
  applause: APPLAUSE,
}

describe('no voice', () => {
  it.each<[string, Float32Array]>([
    ...Object.entries(HALLS),
    ['a roar that begins', times(HISS, (second) => (second < 3 ? 0.1 : Math.min(1, 0.1 + 2 * (second - 3))))],
    ['applause that begins', times(APPLAUSE, (second) => (second < 3 ? 0.05 : 1))],
    ['one clap', mixed(atLevel(HISS, -50), claps([3], 0.6))],
    ['a clap a second, in a hall that rings', mixed(atLevel(HISS, -50), claps([1, 2, 3, 4, 5, 6, 7], 1.5))],
    ['hum of the mains', soundOf('-f', 'lavfi', '-i', `sine=f=120:d=${SECONDS}`)],
  ])('is in %s, however loud', (_, sound) => {
    const loud = atLevel(sound, -12)
    expect(heardIn(loud)).toMatchObject({ speechMs: 0, heard: false })
  })
  it('is in silence, nor in a word too short', () => {
    expect(heardIn(new Float32Array(RATE))).toMatchObject({ speechMs: 0, speechDbfs: Number.NEGATIVE_INFINITY, heard: false })
    const word = soundOf('-i', sampleVisitor).subarray(0, RATE / 4)
    expect(heardIn(mixed(atLevel(HISS, -60), word)).heard).toBe(false)
  })
})

/** Decibels that the words stand above the hall from which every voice is heard, and below which few are. */
const HEARD_FROM_DB = 10
const VOICES = ['man-a-take-1.mp4', 'man-a-take-2.mp4', 'woman-a.mp4', 'man-b-gestures-with-speech.mp4']

describe.skipIf(!existsSync(visitors))('a real voice', () => {
  const voices = VOICES.map((file) => [file, soundOf('-i', join(visitors, file)).subarray(0, (SECONDS - 1) * RATE)] as const)
  const later = (voice: Float32Array) => {
    const sound = new Float32Array(SECONDS * RATE)
    sound.set(voice, RATE)
    return sound
  }
  for (const [hall, sound] of Object.entries(HALLS))
    it.each(voices)(`of %s is heard in ${hall}, at ${HEARD_FROM_DB} dB above it and more`, (_, voice) => {
      const words = atLevel(voice, -24)
      for (const snr of hall === 'roar' ? [30, 20, HEARD_FROM_DB] : [HEARD_FROM_DB])
        expect(heardIn(mixed(later(words), atLevel(sound, -24 - snr))), `${snr} dB`).toMatchObject({ heard: true })
    })
  it('is not heard where the hall drowns it', () => {
    for (const [file, voice] of voices.slice(0, 3))
      expect(heardIn(mixed(later(atLevel(voice, -24)), atLevel(HISS, -14))).heard, file).toBe(false)
  })
  it('is not heard when it is far below the level that the node wants', () => {
    for (const [file, voice] of voices) {
      const whisper = heardIn(later(atLevel(voice, CLIP_RULES.GOOD_SPEECH_DBFS - 26)))
      expect([whisper.heard, whisper.speechMs > CLIP_RULES.GOOD_SPEECH_MS], file).toEqual([false, true])
    }
  })
})

describe('the level meter', () => {
  it('stands at its foot in any steady hall, and rises by what is above it', () => {
    for (const floorDbfs of [-96, -50, -20]) expect(meterShare({ floorDbfs, levelDbfs: floorDbfs })).toBe(0)
    expect(meterShare({ floorDbfs: -30, levelDbfs: -15 })).toBe(0.5)
    expect(meterShare({ floorDbfs: -96, levelDbfs: -30 })).toBe(1)
  })
})
