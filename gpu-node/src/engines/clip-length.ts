/** How many pictures a model makes, and how much of a film they cover. */
import { z } from 'zod'
import { FPS } from '../media/limits.ts'

/** What a model makes, as its owner writes it down: size, rate, and lengths. Shared by workflows and recipes. */
export const ModelFacts = z.object({
  /** Size of its pictures; each side a multiple of the model's step. */
  width: z.number().int().min(64).max(2048),
  height: z.number().int().min(64).max(2048),
  fps: z.number().int().min(8).max(60),
  /** How many pictures it makes: `plus` and a multiple of `step` more, from `least` to `most` (Wan: 4k + 1). */
  pictures: z
    .object({
      least: z.number().int().min(1),
      most: z.number().int().max(481),
      step: z.number().int().min(1),
      plus: z.number().int().min(0),
    })
    .refine(({ least, most }) => least <= most, 'least is more than most'),
  /** How long a shot takes on the card it is meant for, in milliseconds; measured times soon stand in for it. */
  expectedMs: z.number().int().positive(),
  /** What is not wanted to be seen, where there is a place to say it. */
  negative: z.string().max(1_000).default(''),
})
type Lengths = Pick<z.infer<typeof ModelFacts>, 'pictures' | 'fps'>

/** How many pictures to ask for, so that `frames` of the film are covered; more than `most` it never makes. */
export const picturesFor = ({ pictures, fps }: Lengths, frames: number): number => {
  // One more: between the last two of them lies the film's last.
  const needed = Math.ceil((frames * fps) / FPS) + 1
  const steps = Math.ceil((Math.max(needed, pictures.least) - pictures.plus) / pictures.step)
  return Math.min(pictures.most, pictures.plus + steps * pictures.step)
}

/** The longest shot that it covers, in pictures of the film. */
export const longestShot = ({ pictures, fps }: Lengths): number => Math.floor(((pictures.most - 1) * FPS) / fps)
