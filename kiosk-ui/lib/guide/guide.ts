/**
 * The guide over time: looks come in, one steady instruction goes out, and when all has been well for a moment, the word
 * that the take may begin. What a visitor cannot mend (a soft lens, a silent hall) is asked for a while and then let be:
 * it earns advice, never a refusal. Pure; times in milliseconds.
 */
import { type Heard, type Instruction, instructionFor, mayBeLetBe } from './instruction.ts'
import type { Look } from './look.ts'

export const GUIDE_MS = {
  /** How far back looks count. */
  WINDOW: 900,
  /** And on a machine so slow that fewer than three fall into that. */
  SLOW_WINDOW: 3_000,
  /** An instruction stands at least so long, and another must hold as long before it takes its place. */
  STEADY: 450,
  /** All must be well for so long before the take begins by itself. */
  WELL: 1_200,
  /** How long a visitor is asked to speak up, to hold still or to come higher before the take begins all the same. */
  ASKED: 5_000,
} as const

/** Fewer looks than this say nothing yet. */
const LEAST_LOOKS = 3

export type Guidance = {
  /** What to say; undefined until enough was seen. */
  instruction: Instruction | undefined
  /** Whether the take may begin by itself now. */
  start: boolean
  /** Nobody has been in the picture for the whole window. */
  empty: boolean
}

export type Guide = { see(look: Look, atMs: number, heard: Heard): Guidance }

/** @param takeMs how long a take is, in milliseconds */
export const createGuide = (takeMs: number): Guide => {
  let looks: { look: Look; atMs: number }[] = []
  let said: Instruction | undefined
  let candidate: { instruction: Instruction; since: number } | undefined
  let wellSince: number | undefined
  let askedMs = 0
  let last: number | undefined

  return {
    see(look, atMs, heard) {
      const fresh = (ms: number) => looks.filter((each) => atMs - each.atMs <= ms)
      const near = fresh(GUIDE_MS.WINDOW)
      // On a slow machine a few looks span more than the window.
      looks = [...(near.length >= LEAST_LOOKS - 1 ? near : fresh(GUIDE_MS.SLOW_WINDOW).slice(1 - LEAST_LOOKS)), { look, atMs }]
      const elapsed = last === undefined ? 0 : atMs - last
      last = atMs
      if (looks.length < LEAST_LOOKS) return { instruction: said, start: false, empty: false }
      const seen = looks.map((each) => each.look)
      let now = instructionFor(seen, heard, takeMs)
      if (mayBeLetBe(now, seen, heard, takeMs)) {
        askedMs += elapsed
        if (askedMs >= GUIDE_MS.ASKED) now = 'ready'
      }
      if (candidate?.instruction !== now) candidate = { instruction: now, since: atMs }
      if (said === undefined || atMs - candidate.since >= GUIDE_MS.STEADY) said = now
      wellSince = now === 'ready' ? (wellSince ?? atMs) : undefined
      const start = said === 'ready' && wellSince !== undefined && atMs - wellSince >= GUIDE_MS.WELL
      return { instruction: said, start, empty: now === 'stepIn' }
    },
  }
}
