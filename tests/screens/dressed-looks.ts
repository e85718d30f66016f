/** What the kiosk's guide is made to see, so that it comes to each of its instructions. */
import { CLIP_RULES } from '@fanreel/protocol'
import { INSTRUCTIONS, type Instruction } from '../../kiosk-ui/lib/guide/instruction.ts'
import type { Look, SeenFace } from '../../kiosk-ui/lib/guide/look.ts'

const SIZE = { width: 810, height: 1080 }
type Place = { x?: number; y?: number; wide?: number } & Partial<Pick<SeenFace, 'luma' | 'sharpness'>>

/** A face by its middle (shares of the picture) and its width in pixels. */
const face = ({ x = 0.5, y = 0.4, wide = 240, luma = 130, sharpness = 80 }: Place = {}): SeenFace => ({
  box: { x: x * SIZE.width - wide / 2, y: y * SIZE.height - wide * 0.6, width: wide, height: wide * 1.2 },
  score: 0.9,
  certain: true,
  luma,
  sharpness,
})
const look = (...faces: SeenFace[]): Look => ({ ...SIZE, faces, luma: 110 })

/** `speak` looks as a good picture does: only the sound is missing. */
export const LOOKS_FOR: Readonly<Record<Instruction, Look>> = {
  stepIn: look(),
  light: look(face({ luma: CLIP_RULES.GOOD_FACE_LUMA - 1 })),
  lessLight: look(face({ luma: CLIP_RULES.MAX_GOOD_FACE_LUMA + 1 })),
  oneStar: look(face({ x: 0.35, wide: 200 }), face({ x: 0.65, wide: 190 })),
  closer: look(face({ wide: CLIP_RULES.GOOD_FACE_PX - 1 })),
  back: look(face({ wide: 0.6 * SIZE.width })),
  left: look(face({ x: 0.25 })),
  right: look(face({ x: 0.75 })),
  up: look(face({ y: 0.8 })),
  down: look(face({ y: 0.14 })),
  still: look(face({ sharpness: CLIP_RULES.GOOD_SHARPNESS - 1 })),
  speak: look(face()),
  ready: look(face()),
}

/** In the order in which a tour brings them up: the last ones need patience, or let the take begin. */
export const TOUR_OF_INSTRUCTIONS: readonly Instruction[] = [...INSTRUCTIONS, 'ready']
