/**
 * What the kiosk says to whoever stands before the camera: one thing at a time, the first that they would mend. Judged by
 * the protocol's rules, so that a clip that is recorded after "all is well" is not refused by the node. Pure.
 */
import {
  CLIP_RULES,
  type ClipCode,
  type ClipMeasures,
  isCutOff,
  judgeClip,
  OTHER_FACE_SHARE,
  starWeight,
} from '@fanreel/protocol'
import type { Look, SeenFace } from './look.ts'
import { isWithinReach, misplacementOf, type Ring, ringOf } from './oval.ts'

export const INSTRUCTIONS = [
  'stepIn',
  'light',
  'lessLight',
  'oneStar',
  'closer',
  'back',
  'left',
  'right',
  'up',
  'down',
  'still',
  'speak',
] as const
/** What is to be mended; `ready`: nothing. */
export type Instruction = (typeof INSTRUCTIONS)[number] | 'ready'

/** What is known of the sound: whether a voice was heard since the camera opened; undefined where there is no microphone. */
export type Heard = boolean | undefined

/** The face that the film would be about; faces that the mesh does not believe in count for little. */
export const starOf = ({ faces, width, height }: Look): SeenFace | undefined => {
  const weight = ({ box, score, certain }: SeenFace) =>
    starWeight({
      box: { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height },
      score,
      certain,
    })
  return faces.filter(({ certain }) => certain).sort((a, b) => weight(b) - weight(a))[0]
}

/** The middle one of the values in their order, the upper of two; 0 for none. */
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** The measures a take of `takeMs` would have if it went on as in these looks. */
export const measuresOf = (looks: readonly Look[], heard: Heard, takeMs: number): ClipMeasures => {
  const stars = looks.flatMap((look) => {
    const star = starOf(look)
    return star ? [{ ...star, look }] : []
  })
  const [newest] = looks.slice(-1)
  const voice = heard !== false
  return {
    durationMs: takeMs,
    width: newest?.width ?? 0,
    height: newest?.height ?? 0,
    faceMs: (takeMs * stars.length) / Math.max(1, looks.length),
    faceWidthPx: median(stars.map(({ box }) => box.width)),
    cutOffShare: stars.filter(({ box, look }) => isCutOff(box, look)).length / Math.max(1, stars.length),
    luma: stars.length > 0 ? median(stars.map(({ luma }) => luma)) : median(looks.map(({ luma }) => luma)),
    // Without a face the picture's own sharpness says nothing about the visitor.
    sharpness: stars.length > 0 ? median(stars.map(({ sharpness }) => sharpness)) : CLIP_RULES.GOOD_SHARPNESS,
    // A camera that stands still is noticed by its frames, not by its pixels.
    movingShare: 1,
    speechMs: voice ? CLIP_RULES.GOOD_SPEECH_MS : 0,
    speechDbfs: voice ? CLIP_RULES.GOOD_SPEECH_DBFS : Number.NEGATIVE_INFINITY,
    people: median(
      stars.map(
        ({ box, look }) => look.faces.filter((face) => face.certain && face.box.width > box.width * OTHER_FACE_SHARE).length,
      ),
    ),
  }
}

/** The ring round the star at the median of the looks; undefined where there was none. */
const medianRing = (looks: readonly Look[]): Ring | undefined => {
  const rings = looks.flatMap((look) => {
    const star = starOf(look)
    return star ? [ringOf(look, star.box)] : []
  })
  const middle = (part: keyof Ring) => median(rings.map((ring) => ring[part]))
  return rings.length === 0 ? undefined : { cx: middle('cx'), cy: middle('cy'), rx: middle('rx'), ry: middle('ry') }
}

/** What to say of a face out of its place; `left` and `right` are the visitor's own, as in a mirror that the camera faces. */
const TOWARDS = { tooNear: 'back', leftward: 'left', rightward: 'right', above: 'down', below: 'up' } as const

const towardsPlace = (looks: readonly Look[]): Instruction | undefined => {
  const ring = medianRing(looks)
  const missed = ring && misplacementOf(ring)
  return missed && TOWARDS[missed]
}

const REFUSED: Partial<Record<ClipCode, Instruction>> = {
  'clip-too-dark': 'light',
  'clip-no-person': 'stepIn',
  'clip-face-small': 'closer',
  'clip-out-of-focus': 'still',
}

/** The one thing to say after these looks, newest last. Light comes before person, person before place. */
export const instructionFor = (looks: readonly Look[], heard: Heard, takeMs: number): Instruction => {
  const verdict = judgeClip(measuresOf(looks, heard, takeMs))
  if (!verdict.usable) return REFUSED[verdict.code] ?? towardsPlace(looks) ?? 'back'
  const advice = new Set(verdict.advice)
  if (advice.has('more-light')) return 'light'
  if (advice.has('less-light')) return 'lessLight'
  if (advice.has('one-star')) return 'oneStar'
  if (advice.has('come-closer')) return 'closer'
  const place = towardsPlace(looks)
  if (place) return place
  if (advice.has('stay-in-frame')) return 'back'
  if (advice.has('hold-still')) return 'still'
  return advice.has('speak-up') ? 'speak' : 'ready'
}

/**
 * Whether this is asked for and not insisted on, since a visitor may be unable to mend it: a soft lens, a silent hall, a seat
 * from which the face is low in the oval. Never where the node would refuse the take.
 */
export const mayBeLetBe = (instruction: Instruction, looks: readonly Look[], heard: Heard, takeMs: number): boolean => {
  if (!judgeClip(measuresOf(looks, heard, takeMs)).usable) return false
  const ring = medianRing(looks)
  return instruction === 'speak' || instruction === 'still' || (instruction === 'up' && ring !== undefined && isWithinReach(ring))
}
