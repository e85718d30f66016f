/**
 * The film's sound: the pack's music from its first beat, lowered under the voice; a whoosh or a hit on the cuts; the
 * crowd behind everything. Brought to -14 LUFS, which is what phones' own services play at, so that none turns it down.
 */
import type { ShotList } from '@fanreel/protocol'
import { SAMPLE_RATE } from '../media/limits.ts'
import type { LoadedPack } from '../pack.ts'
import type { Cast } from '../vision/cast.ts'
import { packSound, packStems, STEMS } from './pack-sounds.ts'
import type { Sound } from './pcm.ts'
import { sealSound } from './track.ts'
import { type PlacedVoice, placeVoice } from './voice.ts'

/** Music under the voice, and how fast it gives way and returns, in seconds. */
const DUCKED = 0.26
const DUCK_SECONDS = 0.18
const RETURN_SECONDS = 0.5
/** The music's last moment fades, in seconds. */
const END_FADE_SECONDS = 0.7

const add = (mix: Sound, sound: Sound, at: number, gain: number | ((i: number) => number)) => {
  mix.forEach((channel, c) => {
    const from = sound[Math.min(c, sound.length - 1)]
    if (!from) return
    const start = Math.max(0, -at)
    const end = Math.min(from.length, channel.length - at)
    for (let i = start; i < end; i++)
      channel[at + i] = (channel[at + i] ?? 0) + (from[i] ?? 0) * (typeof gain === 'number' ? gain : gain(at + i))
  })
}

/** 1 where nobody speaks, DUCKED where somebody does. */
const duckingFor =
  (voices: readonly PlacedVoice[]) =>
  (i: number): number => {
    let level = 1
    for (const voice of voices) {
      const before = (voice.at - i) / (DUCK_SECONDS * SAMPLE_RATE)
      const after = (i - voice.at - voice.samples.length) / (RETURN_SECONDS * SAMPLE_RATE)
      const open = Math.max(0, Math.min(1, Math.max(before, after)))
      level = Math.min(level, DUCKED + (1 - DUCKED) * open)
    }
    return level
  }

export type MixTask = { cast: Cast; shotList: ShotList; pack: LoadedPack; path: string; signal: AbortSignal }

/** Mixes the film's sound into an MP4 file with AAC. */
export const mixSound = async ({ cast, shotList, pack, path, signal }: MixTask): Promise<void> => {
  const at = (frame: number) => Math.round((frame * SAMPLE_RATE) / shotList.fps)
  const length = at(shotList.frames)
  const mix: Sound = [new Float32Array(length), new Float32Array(length)]
  const effect = (name: string): Promise<Sound> | undefined => {
    const file = pack.pack.sounds[name]
    return file === undefined ? undefined : packSound(pack, file, signal)
  }
  const [voices, music, whoosh, hit, crowd, cheer] = await Promise.all([
    placeVoice(cast, shotList, signal),
    packStems(pack, signal),
    effect('whoosh'),
    effect('hit'),
    effect('crowd'),
    effect('cheer'),
  ])
  const ducking = duckingFor(voices)
  const ending = (i: number) => Math.min(1, (length - i) / (END_FADE_SECONDS * SAMPLE_RATE))
  // The film's first frame is the music's first beat.
  for (const stem of STEMS)
    add(mix, music[stem], -Math.round((pack.pack.music.firstBeatMs * SAMPLE_RATE) / 1000), (i) => 0.8 * ducking(i) * ending(i))
  if (crowd)
    for (let from = 0; from < length; from += Math.max(1, crowd[0]?.length ?? length))
      add(mix, crowd, from, (i) => 0.3 * (0.4 + 0.6 * ducking(i)) * ending(i))
  for (const shot of shotList.shots.slice(1)) {
    const soft = shot.voice ? 0.4 : 1
    if (shot.transition === 'whip' && whoosh)
      // A whoosh is loudest at its middle, which is to fall on the cut.
      add(mix, whoosh, at(shot.startFrame) - Math.round((whoosh[0]?.length ?? 0) / 2), 0.5 * soft)
    if (shot.transition === 'flash' && hit) add(mix, hit, at(shot.startFrame), 0.5 * soft)
  }
  const last = shotList.shots.at(-1)
  if (cheer && last) add(mix, cheer, at(last.startFrame), (i) => 0.55 * ending(i))
  for (const voice of voices) add(mix, [voice.samples], voice.at, 1)
  await sealSound(path, mix, signal)
}
