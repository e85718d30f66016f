/** Confetti: scraps of the world's colours that tumble down. */
import { seededRandom } from '../../director/random.ts'
import { mapOf, type Placement } from './compositor/affine.ts'
import type { Rgb } from './compositor/compositor.ts'
import { mixRgb, scaleRgb } from './light.ts'
import type { Moment, Stage } from './stage.ts'

/** Pixels of the scrap that all are made of: a square with soft borders. */
const SCRAP = 16

/**
 * @param near before the visitor and large, or behind them
 * @param amount 0..1
 * @returns draws them all; where a scrap is depends on time alone, so any picture of a shot can be drawn by itself
 */
export const createConfetti = (stage: Stage, near: boolean, amount: number): ((moment: Moment) => void) => {
  const { compositor, width, height } = stage
  const random = seededRandom(stage.seed + (near ? 13 : 31))
  const unit = width / 720
  const sprite = compositor.paint(SCRAP, SCRAP, (x, y) => {
    const value = Math.min(1, Math.min(x, y, SCRAP - 1 - x, SCRAP - 1 - y) / 2)
    return [value, value, value, value]
  })
  const colours: readonly Rgb[] = [stage.accent, stage.accent2, [0.9, 0.9, 0.9], mixRgb(stage.accent, stage.accent2, 0.5)]
  const scraps = Array.from({ length: Math.round((near ? 60 : 170) * amount) }, (_, k) => {
    const depth = near ? 1.15 + 0.9 * random() ** 2 : 0.4 + 0.5 * random()
    return {
      x: random() * width * 1.2,
      y: random() * height * 1.2,
      fall: (120 + 90 * random()) * depth * unit,
      sway: (14 + 26 * random()) * unit,
      rate: 0.5 + 0.8 * random(),
      phase: random() * 6.28,
      turn: (random() - 0.5) * 7,
      size: (near ? 12 + 16 * random() : 7 + 6 * random()) * unit,
      depth,
      colour: colours[k % colours.length] ?? stage.accent,
    }
  })
  return (moment) => {
    for (const one of scraps) {
      const tumble = Math.sin(one.rate * moment.seconds * 6 + one.phase)
      const placement: Placement = {
        x: one.x - width * 0.1 + one.sway * Math.sin(one.rate * moment.seconds * 3 + one.phase),
        y: ((one.y + one.fall * moment.seconds) % (height * 1.2)) - height * 0.1,
        ax: (SCRAP - 1) / 2,
        ay: (SCRAP - 1) / 2,
        scaleX: one.size / SCRAP,
        // Seen from its edge a scrap is a line.
        scaleY: (one.size * (0.16 + 0.84 * Math.abs(tumble))) / SCRAP,
        angle: one.phase + one.turn * moment.seconds,
      }
      // One side of it catches the light.
      const colour = scaleRgb(one.colour, 0.35 + 0.75 * Math.max(0, tumble))
      const map = mapOf(placement, stage.camera(moment.t, moment.seconds, one.depth), width, height)
      compositor.over(stage.frame, sprite, map, near ? 0.85 : 0.7, colour)
    }
  }
}
