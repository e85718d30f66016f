/**
 * The cast of a clip: probe, a quick scouting pass, then one pass over all frames that follows the star's face, cuts the
 * star out and measures; in the end the verdict. Frames stream; nothing of the clip's length stays in memory.
 */
import { join } from 'node:path'
import { CLIP_RULES, type ClipCode, judgeClip } from '@fanreel/protocol'
import { decode, type Size } from '../media/decode.ts'
import { FPS } from '../media/limits.ts'
import { type ClipInfo, probe } from '../media/probe.ts'
import type { Box, Cast, CastFrame, Face } from './cast.ts'
import { facesBetween } from './face-between.ts'
import { createFaceTracker } from './face-tracker.ts'
import { embedChip, faceChip, meanIdentity } from './identity.ts'
import { type FaceLight, lightOf, readFaceLight } from './light.ts'
import { type MatteRun, startMatte, warmMatteThread } from './matte-thread.ts'
import type { MatteFrame } from './matte-worker.ts'
import { framingOf, measure } from './measures.ts'
import type { Models } from './models/load-models.ts'
import { findMoments } from './moments.ts'
import type { Picture } from './picture.ts'
import { type Scouted, scout } from './scout.ts'
import { type Track, trackAt } from './tracks.ts'
import { listen } from './voice.ts'

export type BuildCastOptions = {
  /** Absolute path of the clip. */
  clip: string
  /** A folder of this render's own; cut-outs and sound are written there. */
  scratch: string
  models: Models
  signal: AbortSignal
  onProgress?: (fraction: number) => void
  /** Milliseconds of the clip that are used, from its start; by default the rules' 12 s. */
  usedMs?: number
}
export type Refused = { usable: false; code: ClipCode }

/** Height and area the clip is worked on at: enough for a film 1280 high in which a visitor rarely fills the picture. */
const WORK_HEIGHT = 960
const WORK_PIXELS = 800_000
/** A small clip is enlarged up to this before it is cut out, so that edges are smooth where the film shows them large. */
const MAX_ENLARGEMENT = 2.5
/** Stretches of the clip of which each gives its best frame to the identity. */
const IDENTITY_FRAMES = 12
/** Light and sharpness are read in one frame of so many. */
const LIGHT_EVERY = 4
/** The face is looked for in one frame of so many; between two that were found it is where a straight line puts it. */
const FACE_EVERY = 2

const even = (value: number) => Math.max(2, 2 * Math.round(value / 2))

/** The size a clip is worked on at, square pixels, even sides. */
export const workingSize = ({ width, height }: Size): Size => {
  const scale = Math.min(WORK_HEIGHT / height, Math.sqrt(WORK_PIXELS / (width * height)), MAX_ENLARGEMENT)
  return { width: even(width * scale), height: even(height * scale) }
}

const scaled = (box: Box, width: number, height: number): Box => ({
  x: box.x * width,
  y: box.y * height,
  width: box.width * width,
  height: box.height * height,
})

const inPixels = (share: Box, { width, height }: Size): Box => {
  const box = scaled(share, width, height)
  const [left, top] = [Math.floor(box.x), Math.floor(box.y)]
  return {
    x: left,
    y: top,
    width: Math.min(width, Math.ceil(box.x + box.width)) - left,
    height: Math.min(height, Math.ceil(box.y + box.height)) - top,
  }
}

/** How good a frame is for telling who it is, 0..1 and a little more for size. */
const identityWorth = (face: Face): number =>
  Math.max(0.01, 1 - Math.abs(face.yaw) / 0.8) * (0.5 + face.eyesOpen / 2) * (1 - face.mouthOpen / 3)

type Chip = { worth: number; data: Float32Array }

class Observations {
  readonly faces: (Face | undefined)[] = []
  readonly lights: FaceLight[] = []
  private readonly chips = new Map<number, Chip>()
  private readonly enlargement: number

  /** `enlargement`: how much larger the pictures are than the clip was recorded. */
  constructor(enlargement: number) {
    this.enlargement = enlargement
  }

  /** Takes a frame in which the face was looked for. */
  note(index: number, picture: Picture, face: Face | undefined, durationMs: number): void {
    if (face) {
      if (index % LIGHT_EVERY === 0 || this.lights.length < 3) this.lights.push(readFaceLight(picture, face, this.enlargement))
      // The scout's length is a third of a second coarse: frames beyond it belong to the last stretch.
      const share = (index * 1000) / FPS / Math.max(1, durationMs)
      const stretch = Math.min(IDENTITY_FRAMES - 1, Math.floor(share * IDENTITY_FRAMES))
      const worth = identityWorth(face)
      if (worth > (this.chips.get(stretch)?.worth ?? 0)) this.chips.set(stretch, { worth, data: faceChip(picture, face) })
    }
    this.faces[index] = face
  }

  async identity(models: Models) {
    const embeddings: Float32Array[] = []
    for (const { data } of this.chips.values()) embeddings.push(await embedChip(models, data))
    return meanIdentity(embeddings)
  }
}

const refusal = (clip: ClipInfo, scouted: Scouted): Refused => {
  const voice = { segments: [], speechMs: 0, peakDbfs: Number.NEGATIVE_INFINITY }
  const verdict = judgeClip(
    measure({
      recorded: clip,
      worked: clip,
      durationMs: scouted.durationMs,
      frames: [],
      lights: [],
      picture: scouted.picture,
      movingFrames: 0,
      people: 0,
      voice,
    }),
  )
  const code = verdict.usable ? 'clip-no-person' : verdict.code
  return { usable: false, code: code === 'clip-no-person' && scouted.headless ? 'clip-face-cut-off' : code }
}

/**
 * Builds the cast of a clip, or says by a code why it cannot become a film. Cut-outs and sound lie in `scratch` and are
 * the caller's to delete. Throws the signal's reason on abort and on faults of the node; never because of the clip.
 */
export const buildCast = async (options: BuildCastOptions): Promise<Cast | Refused> => {
  const { models, signal } = options
  warmMatteThread(models.segmentationFile)
  const clip = await probe(options.clip, signal)
  if (!clip.ok) return { usable: false, code: clip.code }
  if (Math.min(clip.width, clip.height) < CLIP_RULES.MIN_SIDE_PX) return { usable: false, code: 'clip-no-picture' }
  const scouted = await scout(clip, models, { signal, usedMs: options.usedMs ?? CLIP_RULES.USED_DURATION_MS })
  options.onProgress?.(0.15)
  if (!scouted.star) return refusal(clip, scouted)
  const recorded =
    scouted.quarterTurns % 2 === 1 ? { width: clip.height, height: clip.width } : { width: clip.width, height: clip.height }
  const size = workingSize(recorded)
  const region = inPixels(scouted.region, size)
  // Before the decoder: a child is only stopped by whoever reads its pictures.
  const matte = await startMatte(models.segmentationFile, {
    size,
    region,
    background: scouted.background,
    folder: options.scratch,
  })
  try {
    const cast = await castStar({ clip, recorded, size, scouted, star: scouted.star, matte }, options)
    if ('code' in cast) await matte.discard()
    return cast
  } catch (error) {
    await matte.discard()
    throw error
  }
}

type Job = { clip: ClipInfo; recorded: Size; size: Size; scouted: Scouted; star: Track; matte: MatteRun }

/** Follows the face from picture to picture and hands each on to the matte, which is some pictures behind. */
const followStar = async (
  { clip, recorded, size, scouted, star, matte }: Job,
  { models, signal, scratch, onProgress, usedMs = CLIP_RULES.USED_DURATION_MS }: BuildCastOptions,
) => {
  const decoded = await decode(clip, {
    signal,
    size,
    quarterTurns: scouted.quarterTurns,
    soundPath: join(scratch, 'sound.f32'),
    maxMs: usedMs,
    room: matte.room,
  })
  const tracker = createFaceTracker(models, FPS / FACE_EVERY)
  const seen = new Observations(size.width / recorded.width)
  let index = 0
  let face: Face | undefined
  for await (const data of decoded.frames) {
    const timeMs = (index * 1000) / FPS
    const at = trackAt(star, timeMs)
    const expected = at && scaled(at, size.width, size.height)
    if (index % FACE_EVERY === 0) {
      const picture = { ...size, data }
      const centre = expected && { x: expected.x + expected.width / 2, y: expected.y + expected.height / 2 }
      face = await tracker.next(picture, centre)
      seen.note(index, picture, face, scouted.durationMs)
    }
    const others = scouted.others
      .flatMap((other) => trackAt(other, timeMs) ?? [])
      .map((box) => scaled(box, size.width, size.height))
    matte.cut(face?.box ?? expected, others)
    onProgress?.(Math.min(0.95, 0.15 + (0.8 * timeMs) / Math.max(1, scouted.durationMs)))
    index++
  }
  return { seen, ...(await decoded.finished) }
}

/** What was seen of the face and what of the body, frame by frame. */
const framesOf = (faces: readonly (Face | undefined)[], bodies: readonly MatteFrame[]): CastFrame[] =>
  faces.map((face, index) => {
    const { motion = 0, person } = bodies[index] ?? {}
    return { timeMs: (index * 1000) / FPS, motion, ...(face && { face }), ...(person && { person }) }
  })

const castStar = async (job: Job, options: BuildCastOptions): Promise<Cast | Refused> => {
  const { recorded, size, scouted, matte } = job
  const { models, scratch, onProgress } = options
  const { seen, frames: count, sound } = await followStar(job, options)
  const durationMs = (count * 1000) / FPS
  const soundPath = sound ? join(scratch, 'sound.f32') : undefined
  // The last cut-outs are made and laid on the disk while the sound is listened to.
  const finishing = matte.finish()
  finishing.catch(() => undefined)
  const voice = await listen(models, soundPath)
  const identity = await seen.identity(models)
  options.signal.throwIfAborted()
  const { frames: bodies, cutouts } = await finishing
  const frames = framesOf(facesBetween(seen.faces, FACE_EVERY, count), bodies)
  const measures = measure({
    recorded,
    worked: size,
    durationMs,
    frames,
    lights: seen.lights,
    picture: scouted.picture,
    movingFrames: bodies.filter(({ moved }) => moved).length,
    people: scouted.people,
    voice,
  })
  const verdict = judgeClip(measures)
  if (!verdict.usable) return verdict
  if (!cutouts || !identity) return { usable: false, code: 'clip-no-person' }
  onProgress?.(1)
  return {
    clip: { ...size, fps: FPS, durationMs },
    frames,
    cutouts,
    ...(soundPath ? { sound: { path: soundPath, sampleRate: 48_000 as const } } : {}),
    identity,
    voice,
    light: lightOf(seen.lights),
    framingClass: framingOf(frames, size.height),
    moments: findMoments(frames, voice, durationMs),
    measures,
    verdict,
  }
}
