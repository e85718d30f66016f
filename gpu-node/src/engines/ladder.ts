/**
 * Which engine draws a shot next: a pure decision by what is known now, so that it can be tried against any course of events.
 * Preferred engines come first, each at most twice; one is passed over, with the reason, where it rests, would be late, costs too
 * much or asks for a consent that is not there. The studio is never passed over, and time for it is always left (D2, D3).
 */
import type { EngineName, FallbackReason, Shot } from '@fanreel/protocol'
import type { EngineCapabilities } from './engine.ts'

/** What is known of an engine at this moment. */
export type EngineState = {
  capabilities: Pick<
    EngineCapabilities,
    'name' | 'treatments' | 'frames' | 'performance' | 'place' | 'centsPerSecond' | 'centsPerShot'
  >
  /** Whether it may be asked at all: it has not failed lately, or this is the one probe. */
  ready: boolean
  /** Until a shot that is asked for now is here, its wait in the queue included, in milliseconds. */
  expectedMs: number
}

export type Passed = { engine: EngineName; reason: FallbackReason }

export type Situation = {
  shot: Pick<Shot, 'treatment' | 'voice'>
  /** Its pictures at 24 a second, a transition's tail among them. */
  frames: number
  /** In the event's order; the studio among them. */
  engines: readonly EngineState[]
  /** What was tried for this shot, and how that ended. */
  tried: readonly Passed[]
  /** Milliseconds of a clock that only goes forward, and when the shots of this film must be there. */
  now: number
  shotsBy: number
  /** What the studio needs for all shots that are not drawn yet, should every other engine fail now, in milliseconds. */
  studioMs: number
  /** What may still be spent for this film, in cents. */
  centsLeft: number
  /** Whether the visitor's consent names a cloud. */
  cloud: boolean
}

export type Decision = {
  /** Engines that could have drawn it and are not asked, each with the reason. */
  passed: readonly Passed[]
  /** Nothing where nobody is left to ask: each of them was tried, the studio too. */
  ask?: {
    engine: EngineName
    /** Which try of this engine, from 0. */
    attempt: number
    /** When it is stopped, and the next is asked; never for the studio. */
    until: number
    cents: number
  }
}

/** Only another draw of the lots helps a face that was lost (D4); a server that failed is not better a second later. */
const WORTH_ANOTHER_TRY: ReadonlySet<FallbackReason> = new Set(['unlike', 'unseen'])
const TRIES = 2
/** A shot that takes this many times what was expected will not come, and not less than this, in milliseconds. */
const PATIENCE = 3
const LEAST_PATIENCE_MS = 30_000

/** Whether an engine draws such a shot at all; that it does not is no reason for anybody to look into. */
export const draws = ({ capabilities }: EngineState, { shot, frames }: Pick<Situation, 'shot' | 'frames'>): boolean =>
  capabilities.treatments.includes(shot.treatment) &&
  frames >= capabilities.frames.least &&
  frames <= capabilities.frames.most &&
  // A spoken line is heard in sync: only the visitor's own mouth says it (D4).
  (!shot.voice || capabilities.performance === 'as-filmed')

export const costOf = (
  { centsPerSecond, centsPerShot = 0 }: Pick<EngineCapabilities, 'centsPerSecond' | 'centsPerShot'>,
  frames: number,
): number => Math.ceil(centsPerShot + (centsPerSecond * frames) / 24)

const reasonAgainst = (state: EngineState, situation: Situation): FallbackReason | undefined => {
  const { capabilities, ready, expectedMs } = state
  const { now, shotsBy, studioMs, centsLeft, cloud, frames } = situation
  if (capabilities.place === 'cloud' && !cloud) return 'no-consent'
  if (costOf(capabilities, frames) > centsLeft) return 'over-budget'
  if (now + expectedMs > shotsBy - studioMs) return 'no-time'
  return ready ? undefined : 'resting'
}

export const decide = (situation: Situation): Decision => {
  const { engines, tried, now, shotsBy, studioMs, frames } = situation
  const passed: Passed[] = []
  for (const state of engines) {
    const { capabilities, expectedMs } = state
    const { name } = capabilities
    if (!draws(state, situation)) continue
    const before = tried.filter(({ engine }) => engine === name)
    if (name === 'studio') {
      if (before.length === 0) return { passed, ask: { engine: name, attempt: 0, until: Number.POSITIVE_INFINITY, cents: 0 } }
      continue
    }
    const last = before.at(-1)
    if (last && (before.length >= TRIES || !WORTH_ANOTHER_TRY.has(last.reason))) continue
    const reason = reasonAgainst(state, situation)
    if (reason) {
      passed.push({ engine: name, reason })
      continue
    }
    const until = Math.min(shotsBy - studioMs, now + Math.max(PATIENCE * expectedMs, LEAST_PATIENCE_MS))
    return { passed, ask: { engine: name, attempt: before.length, until, cents: costOf(capabilities, frames) } }
  }
  return { passed }
}
