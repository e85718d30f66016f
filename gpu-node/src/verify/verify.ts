/**
 * The last look before a visitor sees their film: is it whole, does it move, can it be heard, is it them? A reel that
 * fails is refused by code (rules F10-F16 of SPEC.md); what was measured goes into the report.
 */
import { stat } from 'node:fs/promises'
import { NODE_OBJECTS, REFUSE_LIKENESS, type ReelCode, type ShotList } from '@fanreel/protocol'
import { decode } from '../media/decode.ts'
import { FPS } from '../media/limits.ts'
import { type ClipInfo, probe } from '../media/probe.ts'
import { integratedLoudness, truePeak } from '../sound/loudness.ts'
import { readSound, type Sound } from '../sound/pcm.ts'
import { TARGET_LUFS } from '../sound/track.ts'
import { embeddingDistance, meanIdentity } from '../vision/identity.ts'
import type { Models } from '../vision/models/load-models.ts'
import type { Picture } from '../vision/picture.ts'
import { type SeenFace, seeFace } from './faces.ts'
import { flashesPerSecond, isBlack, isFrozen, luminanceGrid, MOST_FLASHES_A_SECOND } from './pictures.ts'

/** The least pictures with a face that can be recognised. */
const LEAST_FACES = 3
/** A film quieter than this is silent, LUFS; so is one with a hole of this length below this level. */
const SILENT_LUFS = -50
const HOLE_SECONDS = 1.2
/** How far from its loudness a film may be, LU, and the highest true peak, dBTP: beyond, a phone's converter clips. */
const LOUDNESS_TOLERANCE_LU = 3
const HIGHEST_PEAK_DBTP = 0
const HOLE_LEVEL = 0.0005
/** What is decoded to look at: enough for faces of 64 px and more. */
const LOOK = 0.6
/** Pictures between two looks at the face. */
const FACE_EVERY = 8

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
}
export type Verification = { ok: true; findings: ReelFindings } | { ok: false; code: ReelCode; findings?: ReelFindings }

export type ReelCheck = {
  reel: string
  shotList: ShotList
  identity: { embedding: Float32Array }
  models: Models
  signal: AbortSignal
}

const refuse = (code: ReelCode, findings?: ReelFindings): Verification => ({ ok: false, code, ...(findings && { findings }) })

/** Size, codec, sound: what can be said without decoding. */
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

/** Whether the sound lies where F12 wants it; wider than what `sealSound` keeps to, so that no codec's rounding is judged. */
const soundsRight = ({ loudnessLufs, truePeakDb }: ReelFindings): boolean =>
  Math.abs(loudnessLufs - TARGET_LUFS) <= LOUDNESS_TOLERANCE_LU && truePeakDb <= HIGHEST_PEAK_DBTP

/** Treatments in which the face is meant to be recognised. */
const showsFace = (shotList: ShotList, frame: number): boolean => {
  const shot = shotList.shots.find((one) => frame >= one.startFrame && frame < one.startFrame + one.frames)
  return shot !== undefined && shot.treatment !== 'silhouette'
}

/** Decodes the whole film once: luminance of every picture, faces of every eighth. */
const look = async (clip: ClipInfo, { shotList, models, signal }: ReelCheck) => {
  const size = { width: Math.round((shotList.width * LOOK) / 2) * 2, height: Math.round((shotList.height * LOOK) / 2) * 2 }
  const decoded = await decode(clip, { size, maxMs: 60_000, signal })
  const grids: Float32Array[] = []
  const faces: (SeenFace & { frame: number })[] = []
  let looked = 0
  for await (const data of decoded.frames) {
    const frame = grids.length
    grids.push(luminanceGrid(data, size.width, size.height))
    if (frame % FACE_EVERY !== FACE_EVERY >> 1 || !showsFace(shotList, frame)) continue
    looked++
    const picture: Picture = { ...size, data }
    const face = await seeFace(models, picture)
    if (face) faces.push({ ...face, frame })
  }
  return { grids, faces, looked }
}

/** Verifies a reel. A fault of the machine throws; a fault of the reel is a value. */
export const verifyReel = async (check: ReelCheck): Promise<Verification> => {
  const { reel, shotList, identity, signal } = check
  const { size } = await stat(reel)
  if (size > NODE_OBJECTS.reel.maxBytes) return refuse('reel-too-large')
  const clip = await probe(reel, signal)
  if (!clip.ok) return refuse('reel-wrong-format')
  const wrong = checkFormat(clip, shotList)
  if (wrong) return refuse(wrong)

  const [sound, { grids, faces }] = await Promise.all([
    readSound({ file: reel, input: ['-f', 'mov'], channels: 2 }, signal),
    look(clip, check),
  ])
  const seen = meanIdentity(faces.map((face) => face.embedding))
  const shotLikeness: Record<string, number> = {}
  for (const shot of shotList.shots) {
    const inShot = faces.filter((face) => face.frame >= shot.startFrame && face.frame < shot.startFrame + shot.frames)
    const shotSeen = meanIdentity(inShot.map((face) => face.embedding))
    if (shotSeen) shotLikeness[shot.id] = embeddingDistance(shotSeen.embedding, identity.embedding)
  }
  const findings: ReelFindings = {
    width: clip.width,
    height: clip.height,
    durationMs: Math.round((grids.length * 1000) / FPS),
    loudnessLufs: integratedLoudness(sound),
    truePeakDb: truePeak(sound),
    flashes: flashesPerSecond(grids, FPS),
    ...(seen && { likeness: embeddingDistance(seen.embedding, identity.embedding) }),
    shotLikeness,
  }
  const soundMs = ((sound[0]?.length ?? 0) * 1000) / 48_000
  if (Math.abs(grids.length - shotList.frames) > 1 || Math.abs(soundMs - findings.durationMs) > 150)
    return refuse('reel-wrong-length', findings)
  if (findings.loudnessLufs < SILENT_LUFS || hasHole(sound)) return refuse('reel-silent', findings)
  if (isBlack(grids)) return refuse('reel-black', findings)
  if (isFrozen(grids)) return refuse('reel-frozen', findings)
  if (findings.flashes > MOST_FLASHES_A_SECOND || !soundsRight(findings)) return refuse('reel-wrong-format', findings)
  if (!seen || seen.frames < LEAST_FACES || findings.likeness === undefined) return refuse('reel-face-unseen', findings)
  if (findings.likeness > REFUSE_LIKENESS) return refuse('reel-other-person', findings)
  return { ok: true, findings }
}
