/**
 * What an image-to-video model is told of a shot: the picture already shows who and where, so the words say what moves. Nothing
 * of the visitor but that they are there.
 */
import type { Shot } from '@fanreel/protocol'
import type { LoadedPack } from '../pack.ts'

const CAMERA: Record<Shot['camera'], string> = {
  'push-in': 'The camera pushes in slowly.',
  'pull-out': 'The camera pulls back slowly.',
  'pan-left': 'The camera pans gently to the left.',
  'pan-right': 'The camera pans gently to the right.',
  'crane-up': 'The camera rises slowly.',
  orbit: 'The camera orbits slowly around the person.',
  handheld: 'Handheld camera, slight natural sway.',
}
const framingOf = (framing: Shot['framing'], who: string): string => {
  if (framing === 'close') return `Close-up of the face of ${who}`
  return `${framing === 'medium' ? 'Medium' : 'Wide'} shot of ${who}`
}
const AIR: Record<string, string> = {
  snow: 'Snow drifts through the air.',
  confetti: 'Confetti falls.',
  dust: 'Fine dust floats in the light.',
  powder: 'Powder snow blows off the ground and sparkles.',
}

/**
 * @param gentle whether the face was lost before: then it hardly moves, and is seen nearer
 * @param who by which word the model knows the visitor, where the picture alone does not say it
 */
export const promptFor = (shot: Shot, { pack }: LoadedPack, gentle: boolean, who = 'the person'): string => {
  const slot = pack.story.find(({ id }) => id === shot.slot)
  const air = AIR[slot?.atmosphere?.kind ?? pack.atmosphere.kind] ?? ''
  const manner = gentle
    ? 'The person stays almost still and looks into the camera, breathing, with a faint smile; the face does not change.'
    : 'The person moves naturally, hair and clothes stir, the expression is alive; the face stays exactly the same person.'
  return [
    `${framingOf(shot.framing, who)}, ${pack.title.en}: ${pack.tagline.en}`,
    manner,
    gentle ? 'The camera hardly moves.' : CAMERA[shot.camera],
    air,
    'Photorealistic live television picture, steady light, natural skin.',
  ]
    .filter(Boolean)
    .join(' ')
}
