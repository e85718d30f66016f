/**
 * Draws a film's shots down the ladder: asks whom `decide` names, judges what comes, and goes on to the next where that is not
 * good enough, late or not there at all. No engine's fault is the film's as long as the studio draws (D2). What was passed
 * over, and why, is kept for the shot list, the report and the operator (D6).
 */
import type { Code, EngineName, FallbackReason, ShotDrawing } from '@fanreel/protocol'
import { failureOf } from '../failure.ts'
import type { DrawnShot, ShotRequest, Take } from './engine.ts'
import { EngineFault } from './engine-fault.ts'
import { decide, type Passed } from './ladder.ts'
import { type Member, type Roster, stateOf } from './roster.ts'

/** An engine did not draw a shot, or its shot was not taken. `detail` is for whoever sits before the machine; logs hold `code` and `reason`. */
export type Fallback = { shot: string; engine: EngineName; reason: FallbackReason; code: Code; detail: string }

/** What was found of a shot from elsewhere: its likeness (distance to the clip), and why it is not taken. */
export type Verdict = { likeness?: number; refused?: 'unlike' | 'unseen' }

export type Climb = {
  roster: Roster
  /** When the film's shots must be there by the roster's clock; infinity where nobody waits. */
  shotsBy: number
  budgetCents: number
  cloud: boolean
  /** Makes what an engine answers pictures of the film. */
  fit(take: Take, request: ShotRequest): Promise<DrawnShot>
  /** Looks at a shot that is not the studio's. */
  judge(drawn: DrawnShot, request: ShotRequest): Promise<Verdict>
  onFallback(fallback: Fallback): void
}

/** After these nobody needs to ask twice before it rests. */
const AT_ONCE: ReadonlySet<FallbackReason> = new Set(['unreachable', 'missing'])
/** It was not asked at all. */
const NOT_ASKED: ReadonlySet<FallbackReason> = new Set(['over-budget', 'no-consent'])
/** These say nothing of the engine's health: it has drawn. */
const DRAWN: ReadonlySet<FallbackReason> = new Set(['unlike', 'unseen', 'refused-content'])

export type Climber = {
  /**
   * Draws one shot by these engines, in this order. Throws the last engine's fault where none could, and the signal's reason on
   * abort.
   */
  draw(order: readonly EngineName[], request: ShotRequest): Promise<DrawnShot>
  /** How each shot was drawn, the last time it was. */
  drawings(): ShotDrawing[]
}

export const createClimber = (climb: Climb): Climber => {
  const { roster, fit, judge, onFallback } = climb
  const drawings = new Map<string, ShotDrawing>()
  /** Shots that are not there yet: the studio may have to draw them all. */
  let open = 0
  /** What the studio needs for all of those, all its threads at work, in milliseconds. */
  const studioMs = () => {
    const [studio] = roster.members(['studio'])
    return studio ? (open * studio.pace.expected()) / studio.engine.capabilities.parallel : 0
  }
  let centsLeft = climb.budgetCents

  const ask = async (member: Member, request: ShotRequest, until: number): Promise<{ drawn: DrawnShot; verdict: Verdict }> => {
    const begun = roster.now()
    const ahead = Math.floor(member.busy / member.engine.capabilities.parallel)
    const limit = Number.isFinite(until) ? roster.after(Math.max(0, Math.ceil(until - begun))) : undefined
    const signal = limit ? AbortSignal.any([request.signal, limit]) : request.signal
    member.busy++
    try {
      const take = await member.engine.renderShot({ ...request, signal })
      member.pace.measured((roster.now() - begun) / (1 + ahead))
      const drawn = await fit(take, { ...request, signal })
      const verdict = take.engine === 'studio' ? {} : await judge(drawn, { ...request, signal })
      return { drawn, verdict }
    } catch (error) {
      if (limit?.aborted && !request.signal.aborted) throw new EngineFault('late', 'it was not done in time', error)
      throw error
    } finally {
      member.busy--
    }
  }

  return {
    drawings: () => [...drawings.values()],
    draw: async (order, request) => {
      const { shot, tail, signal } = request
      const members = roster.members(order)
      const tried: Passed[] = []
      const passed: Passed[] = []
      let fault: unknown = new Error('no engine draws this treatment')
      const pass = (one: Passed, error?: unknown) => {
        if (passed.some(({ engine, reason }) => engine === one.engine && reason === one.reason)) return
        passed.push(one)
        const code = error === undefined ? 'node-fault' : failureOf(error, 'draw').code
        const detail = error instanceof Error ? error.message : one.reason
        onFallback({ shot: shot.id, ...one, code, detail })
      }
      open++
      try {
        for (;;) {
          signal.throwIfAborted()
          const now = roster.now()
          const decision = decide({
            shot,
            frames: shot.frames + tail,
            engines: members.map((member) => stateOf(member, now)),
            tried,
            now,
            shotsBy: climb.shotsBy,
            studioMs: studioMs(),
            centsLeft,
            cloud: climb.cloud,
          })
          for (const one of decision.passed) pass(one)
          if (!decision.ask) throw fault
          const { engine: name, attempt, until, cents } = decision.ask
          const member = members.find(({ engine }) => engine.capabilities.name === name)
          if (!member) throw fault
          // Between two looks another shot may have become the one probe.
          if (name !== 'studio' && !member.breaker.enter(now)) {
            tried.push({ engine: name, reason: 'resting' })
            pass({ engine: name, reason: 'resting' })
            continue
          }
          centsLeft -= cents
          try {
            const gentleness = attempt > 0 ? 1 : request.gentleness
            const { drawn, verdict } = await ask(member, { ...request, attempt, gentleness }, until)
            member.breaker.succeeded()
            if (!verdict.refused) {
              const { likeness } = verdict
              drawings.set(shot.id, { shot: shot.id, engine: name, passed, ...(likeness !== undefined && { likeness }) })
              return drawn
            }
            tried.push({ engine: name, reason: verdict.refused })
            pass({ engine: name, reason: verdict.refused })
          } catch (error) {
            if (signal.aborted) {
              member.breaker.released()
              throw error
            }
            fault = error
            const reason = error instanceof EngineFault ? error.reason : 'failed'
            if (DRAWN.has(reason)) member.breaker.succeeded()
            else if (NOT_ASKED.has(reason)) member.breaker.released()
            else member.breaker.failed(roster.now(), AT_ONCE.has(reason))
            tried.push({ engine: name, reason })
            pass({ engine: name, reason }, error)
          }
        }
      } finally {
        open--
      }
    },
  }
}
