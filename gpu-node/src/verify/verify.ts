/**
 * The last look before a visitor sees their film: is it whole, does it move, can it be heard, is it them? A reel that
 * fails is refused by code (rules F9-F16 of SPEC.md) and, where they can be named, by the shots that are to blame. What is
 * judged is the finished file, decoded once, sound beside picture (decision 0010).
 */
import { stat } from 'node:fs/promises'
import { NODE_OBJECTS, REFUSE_LIKENESS, type ReelCode, type Shot, type ShotList } from '@fanreel/protocol'
import { FPS } from '../media/limits.ts'
import { type ClipInfo, probe } from '../media/probe.ts'
import { integratedLoudness, truePeak } from '../sound/loudness.ts'
import { readSound, type Sound } from '../sound/pcm.ts'
import { CEILING_DBTP, CEILING_SLACK_DB, TARGET_LUFS } from '../sound/track.ts'
import type { Cast } from '../vision/cast.ts'
import { embeddingDistance, meanIdentity } from '../vision/identity.ts'
import type { Models } from '../vision/models/load-models.ts'
import { createFaceWatch, type ShotSeen, seenShare, showsFace } from './faces.ts'
import { flashesPerSecond, MOST_FLASHES_A_SECOND } from './flashes.ts'
import { type LightGrid, lightGrid } from './light.ts'
import { blackIn, flickerIn, stillIn } from './pictures.ts'
import { type MouthFound, mouthInReel, type VoiceFound, voiceInReel } from './sync.ts'
import { watch } from './watch.ts'

/** The least pictures with a face that can be recognised, and the least share of the film's time in which it is seen (F15). */
const LEAST_FACES = 3
const LEAST_SEEN = 0.5
/** A shot whose own face is further off shows somebody else, however like the others are; by no fewer looks than these. */
export const REFUSE_SHOT = 0.6
const LEAST_SHOT_FACES = 2
/** A film quieter than this is silent, LUFS; so is one with a hole of this length below this level. */
const SILENT_LUFS = -50
const HOLE_SECONDS = 1.2
/**
 * How far from its loudness a film may be, LU, and its highest true peak, dBTP (F12). Measured over both worlds and two
 * clips: 0.14 LU off at the most, and peaks of -1.8 to -2.2; a mix packed in vain may miss the ceiling by the slack.
 */
const LOUDNESS_TOLERANCE_LU = 1.5
const HIGHEST_PEAK_DBTP = CEILING_DBTP + CEILING_SLACK_DB
const HOLE_LEVEL = 0.0005
/** Width of what is decoded to look at faces, and what it is of a film 720 wide: enough for faces of 64 px and more there. */
const LOOK_WIDTH = 432
const LOOK = LOOK_WIDTH / 720
/** How far the voice, or voice against mouth, may be off, in milliseconds. */
export const MOST_OFFSET_MS = 40
/** A voice that stands out less from the mix around it is not there. Measured: 35 and more where it is, in noise as loud too; under 6 elsewhere. */
const VOICE_HEARD = 8
/** The mouth is taken at its word where it moves as much alike; it is then known to half a frame. */
const MOUTH_ALIKE = 0.7
const MOUTH_DOUBT_MS = 1000 / FPS / 2

/** What was measured of a reel, good or bad (F10). */
export type ReelFindings = {
  width: number
  height: number
  durationMs: number
  loudnessLufs: number
  truePeakDb: number
  flashes: number
  /** Mean embedding of the reel to the clip's; absent where no face was found. */
  likeness?: number
  /** Likeness of each shot by its id, where its face was seen. */
  shotLikeness: Record<string, number>
  /** Share of the film's time in which the face is seen, 0..1. */
  seenShare: number
  /** The voice as found in the shot where it is to be heard, and the mouth there. */
  voice?: VoiceFound
  mouth?: MouthFound
}
export type Verification =
  | { ok: true; findings: ReelFindings }
  /** `shots`: ids of those to blame; absent where the whole reel is. */
  | { ok: false; code: ReelCode; findings?: ReelFindings; shots?: readonly string[] }

export type ReelCheck = {
  reel: string
  shotList: ShotList
  cast: Pick<Cast, 'identity' | 'sound' | 'frames'>
  models: Models
  signal: AbortSignal
  /** The most bytes a reel may have; by default what the orchestrator takes. */
  mostBytes?: number
}

const refuse = (code: ReelCode, findings?: ReelFindings, shots?: readonly string[]): Verification => ({
  ok: false,
  code,
  ...(findings && { findings }),
  ...(shots && shots.length > 0 && { shots }),
})

/** Size, codec, sound: what can be said without decoding (F14). */
const checkFormat = (clip: ClipInfo, shotList: ShotList): ReelCode | undefined => {
  if (clip.container !== 'mov' || clip.codec !== 'h264') return 'reel-wrong-format'
  if (clip.width !== shotList.width || clip.height !== shotList.height) return 'reel-wrong-format'
  if (Math.abs(clip.fps - shotList.fps) > 0.01) return 'reel-wrong-format'
  return clip.hasSound ? undefined : 'reel-silent'
}

/** Whether the sound has a hole in it before its last second, where it may fade. */
const hasHole = (sound: Sound): boolean => {
  const [channel = new Float32Array()] = sound
  const end = channel.length - 48_000
  let quiet = 0
  for (let i = 0; i < end; i++) {
    quiet = Math.abs(channel[i] ?? 0) < HOLE_LEVEL ? quiet + 1 : 0
    if (quiet > HOLE_SECONDS * 48_000) return true
  }
  return false
}

/** Whether the sound lies where F12 wants it. */
const soundsRight = ({ loudnessLufs, truePeakDb }: ReelFindings): boolean =>
  Math.abs(loudnessLufs - TARGET_LUFS) <= LOUDNESS_TOLERANCE_LU && truePeakDb <= HIGHEST_PEAK_DBTP

/** Decodes the whole film once: light of every picture, faces of some. */
const lookAt = async (clip: ClipInfo, { shotList, models, signal }: ReelCheck) => {
  const size = { width: LOOK_WIDTH, height: 2 * Math.round((shotList.height * LOOK_WIDTH) / shotList.width / 2) }
  const faces = createFaceWatch(models, shotList, LOOK)
  const { small, count } = await watch(clip, { size, frames: faces.plan, look: faces.look, signal })
  const grids: LightGrid[] = Array.from({ length: count }, (_, index) => lightGrid(small, index))
  return { grids, seen: faces.seen }
}

/** Measures the sound, and finds the voice in it. */
const listenTo = async ({ reel, shotList, cast, signal }: ReelCheck) => {
  const sound = await readSound({ file: reel, input: ['-f', 'mov'], channels: 2 }, signal)
  const shot = shotList.shots.find((one) => one.voice)
  const voice = shot && (await voiceInReel(sound, shot, cast))
  return { sound, loudnessLufs: integratedLoudness(sound), truePeakDb: truePeak(sound), ...(voice && { voice }) }
}

/** Shots that lie in a stretch of the film. */
const shotsIn = (shotList: ShotList, { from, length }: { from: number; length: number }): string[] =>
  shotList.shots.filter((shot) => shot.startFrame < from + length && shot.startFrame + shot.frames > from).map(({ id }) => id)

const likenessOf = (shotList: ShotList, seen: ReadonlyMap<string, ShotSeen>, { identity }: ReelCheck['cast']) => {
  const shotLikeness: Record<string, number> = {}
  for (const { id } of shotList.shots) {
    const mean = meanIdentity(seen.get(id)?.embeddings ?? [])
    if (mean) shotLikeness[id] = embeddingDistance(mean.embedding, identity.embedding)
  }
  const whole = meanIdentity([...seen.values()].flatMap(({ embeddings }) => embeddings))
  const faces = whole?.frames ?? 0
  return { shotLikeness, faces, ...(whole && { likeness: embeddingDistance(whole.embedding, identity.embedding) }) }
}

/** Who is out of step: the voice, which no picture can mend, or the mouth. */
const outOfSync = ({ voice, mouth }: ReelFindings): 'voice' | 'mouth' | undefined => {
  if (voice && Math.abs(voice.lagMs) > MOST_OFFSET_MS) return 'voice'
  if (!mouth || mouth.likeness < MOUTH_ALIKE) return undefined
  return Math.abs(mouth.lagMs - (voice?.lagMs ?? 0)) > MOST_OFFSET_MS + MOUTH_DOUBT_MS ? 'mouth' : undefined
}

/** Shots that are somebody else's, or in which a face that is meant to be seen is not. */
const strangers = (shotList: ShotList, seen: ReadonlyMap<string, ShotSeen>, likeness: Record<string, number>): string[] =>
  shotList.shots
    .filter(({ id }) => (seen.get(id)?.embeddings.length ?? 0) >= LEAST_SHOT_FACES && (likeness[id] ?? 0) > REFUSE_SHOT)
    .map(({ id }) => id)
const faceless = (shotList: ShotList, seen: ReadonlyMap<string, ShotSeen>): string[] =>
  shotList.shots
    .filter((shot: Shot) => {
      const at = seen.get(shot.id)
      return showsFace(shot) && (!at || at.faces < at.looks / 2)
    })
    .map(({ id }) => id)

/** Verifies a reel. A fault of the machine throws; a fault of the reel is a value. */
export const verifyReel = async (check: ReelCheck): Promise<Verification> => {
  const { reel, shotList, signal, cast, mostBytes = NODE_OBJECTS.reel.maxBytes } = check
  const { size } = await stat(reel)
  if (size > mostBytes) return refuse('reel-too-large')
  const listening = listenTo(check)
  // Met below, if it is needed at all.
  const settled = listening.catch(() => undefined)
  const clip = await probe(reel, signal)
  const wrong = clip.ok ? checkFormat(clip, shotList) : 'reel-wrong-format'
  if (!clip.ok || wrong) {
    await settled
    return refuse(wrong ?? 'reel-wrong-format')
  }

  const [heard, { grids, seen }] = await Promise.all([listening, lookAt(clip, check)])
  const { sound, loudnessLufs, truePeakDb, voice } = heard
  const { faces, ...known } = likenessOf(shotList, seen, cast)
  const voiced = shotList.shots.find((shot) => shot.voice)
  const mouth = voiced && mouthInReel(seen.get(voiced.id)?.mouth ?? [], voiced, cast.frames)
  const findings: ReelFindings = {
    width: clip.width,
    height: clip.height,
    durationMs: Math.round((grids.length * 1000) / FPS),
    loudnessLufs,
    truePeakDb,
    flashes: flashesPerSecond(grids, FPS),
    ...known,
    seenShare: seenShare(seen, shotList),
    ...(voice && { voice }),
    ...(mouth && { mouth }),
  }
  const soundMs = ((sound[0]?.length ?? 0) * 1000) / 48_000
  if (Math.abs(grids.length - shotList.frames) > 1 || Math.abs(soundMs - findings.durationMs) > 150)
    return refuse('reel-wrong-length', findings)
  if (loudnessLufs < SILENT_LUFS || hasHole(sound)) return refuse('reel-silent', findings)
  const stretch = (code: ReelCode, run: { from: number; length: number } | undefined) =>
    run && refuse(code, findings, shotsIn(shotList, run))
  const unsteady =
    stretch('reel-black', blackIn(grids)) ??
    stretch('reel-frozen', stillIn(grids)) ??
    stretch('reel-flickers', flickerIn(grids, FPS))
  if (unsteady) return unsteady
  if (findings.flashes > MOST_FLASHES_A_SECOND || !soundsRight(findings)) return refuse('reel-wrong-format', findings)
  if (faces < LEAST_FACES || findings.likeness === undefined || findings.seenShare < LEAST_SEEN)
    return refuse('reel-face-unseen', findings, faceless(shotList, seen))
  const others = strangers(shotList, seen, findings.shotLikeness)
  if (findings.likeness > REFUSE_LIKENESS || others.length > 0) return refuse('reel-other-person', findings, others)
  if (voice && voice.strength < VOICE_HEARD) return refuse('reel-silent', findings)
  const late = outOfSync(findings)
  if (late) return refuse('reel-out-of-sync', findings, late === 'mouth' && voiced ? [voiced.id] : [])
  return { ok: true, findings }
}
