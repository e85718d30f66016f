/**
 * What was seen while a take was recorded, judged by the rules that the node judges the clip by: a visitor hears of a clip that
 * would be refused before it is sent, not half a minute later on their phone. Pure.
 */
import { type ClipCode, judgeClip } from '@fanreel/protocol'
import { measuresOf } from './instruction.ts'
import type { Look } from './look.ts'

/** One look in so many milliseconds, some 17 a take: the recorder has the first claim on the cores. */
export const TAKE_LOOK_MS = 400
/** Fewer looks than this, a third of a take, say nothing of the whole of it. */
const LEAST_LOOKS = 6

export type TakeWatch = {
  see(look: Look): void
  /** Why the node would refuse this take; undefined where it would not, or too little was seen to say so. */
  unfit(): ClipCode | undefined
}

/** @param takeMs how long the take is, in milliseconds */
export const createTakeWatch = (takeMs: number): TakeWatch => {
  const looks: Look[] = []
  return {
    see: (look) => void looks.push(look),
    unfit() {
      if (looks.length < LEAST_LOOKS) return undefined
      // No take is refused for its sound.
      const verdict = judgeClip(measuresOf(looks, undefined, takeMs))
      return verdict.usable ? undefined : verdict.code
    },
  }
}
