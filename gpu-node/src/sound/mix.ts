/**
 * The film's sound: music that follows the shots, the crowd and the air of the place, effects on the cuts, and the visitor's
 * voice, for which everything else makes room. Brought to -14 LUFS, which is what phones' own services play at, so that none
 * turns it down.
 */
import { setImmediate } from 'node:timers/promises'
import type { ShotList } from '@fanreel/protocol'
import { SAMPLE_RATE } from '../media/limits.ts'
import type { LoadedPack } from '../pack.ts'
import type { Cast } from '../vision/cast.ts'
import { arrange } from './arrangement.ts'
import { type Curve, curve, lay, layLoop, samplesOf, silence } from './bus.ts'
import { bedsOf, type Cue, placeCues } from './cues.ts'
import { duck, phrases } from './ducking.ts'
import { filter, lowPass } from './filters.ts'
import { playMusic } from './music.ts'
import { packEffects, packStems } from './pack-sounds.ts'
import type { Sound } from './pcm.ts'
import { roomOf } from './room.ts'
import { sealSound } from './track.ts'
import { placeVoice } from './voice.ts'

/** The film's last moment fades, in seconds. */
const END_FADE = 0.7
/** A bed follows the cut within this, in seconds: a step would click, a slow one would smear the cut. */
const BED_TURN = 0.05
/** What is heard of a crowd from behind a wall, Hz. */
const BEHIND_A_WALL_HZ = 650

export type MixTask = { cast: Cast; shotList: ShotList; pack: LoadedPack; signal: AbortSignal }

/** The voice, and all the rest under it; both stereo and as long as the film. */
export type Buses = { voice: Sound; rest: Sound }

/** Lets everything else of this process have its turn: beats to the orchestrator, pictures, and an abort. */
const breathe = async (signal: AbortSignal): Promise<void> => {
  await setImmediate()
  signal.throwIfAborted()
}

const anchored = (cue: Cue, sound: Sound, fps: number): number => {
  const length = sound[0]?.length ?? 0
  const back = { start: 0, middle: Math.round(length / 2), end: length }[cue.anchor]
  return samplesOf(cue.frame / fps) - back
}

const bedLevel = (shotList: ShotList, levelOf: (shot: ShotList['shots'][number]) => number, length: number): Curve => {
  const [first, ...others] = shotList.shots
  const turns = others.map((shot) => ({
    at: samplesOf(shot.startFrame / shotList.fps) - samplesOf(BED_TURN / 2),
    value: levelOf(shot),
    ramp: samplesOf(BED_TURN),
  }))
  return curve(first ? levelOf(first) : 0, turns, length)
}

/** The air and the people of the place, shot by shot; a crowd that is behind the scene is heard through a wall. */
const layBeds = (rest: Sound, shotList: ShotList, crowd: Sound | undefined, ambience: Sound | undefined): void => {
  const length = rest[0]?.length ?? 0
  const level = (levelOf: (shot: ShotList['shots'][number]) => number) => bedLevel(shotList, levelOf, length)
  if (ambience)
    layLoop(
      rest,
      ambience,
      level((shot) => bedsOf(shot).ambience),
    )
  if (!crowd) return
  const behind = (shot: ShotList['shots'][number]) => shot.treatment === 'silhouette'
  layLoop(
    rest,
    crowd,
    level((shot) => (behind(shot) ? 0 : bedsOf(shot).crowd)),
  )
  if (!shotList.shots.some(behind)) return
  const muffled = crowd.map((channel) => filter(channel, lowPass(BEHIND_A_WALL_HZ)))
  layLoop(
    rest,
    muffled,
    level((shot) => (behind(shot) ? 2.2 * bedsOf(shot).crowd : 0)),
  )
}

/** Mixes the film's two buses, the rest already lowered under the voice. */
export const mixBuses = async ({ cast, shotList, pack, signal }: MixTask): Promise<Buses> => {
  const length = samplesOf(shotList.frames / shotList.fps)
  const { music, acoustics } = pack.pack
  const cues = placeCues(shotList, cast.moments ?? [])
  const [voices, stems] = await Promise.all([placeVoice(cast, shotList), packStems(pack, signal)])
  const effects = await packEffects(pack, ['crowd', 'ambience', ...cues.map((cue) => cue.sound)], signal)
  await breathe(signal)
  const rest = playMusic({
    stems,
    shotList,
    pieces: arrange(shotList, music.marks),
    beat: (60 * SAMPLE_RATE) / music.bpm,
    firstBeat: samplesOf(music.firstBeatMs / 1000),
  })
  await breathe(signal)
  layBeds(rest, shotList, effects.get('crowd'), effects.get('ambience'))
  for (const cue of cues) {
    const sound = effects.get(cue.sound)
    if (sound) lay(rest, sound, anchored(cue, sound, shotList.fps), cue.gain)
  }
  const voice = silence(length)
  for (const placed of voices) {
    lay(voice, [placed.samples], placed.at, 1)
    lay(voice, roomOf(placed.samples, acoustics), placed.at, 1)
  }
  await breathe(signal)
  duck(rest, voice, phrases(voices))
  const fade = samplesOf(END_FADE)
  for (const channel of rest)
    for (let i = Math.max(0, length - fade); i < length; i++) channel[i] = (channel[i] ?? 0) * ((length - i) / fade)
  return { voice, rest }
}

/** Mixes the film's sound into an MP4 file with AAC. */
export const mixSound = async ({ path, ...task }: MixTask & { path: string }): Promise<void> => {
  const { voice, rest } = await mixBuses(task)
  lay(rest, voice, 0, 1)
  await breathe(task.signal)
  await sealSound(path, rest, task.signal)
}
