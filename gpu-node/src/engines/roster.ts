/** The engines of a node through its day: how fast each was, whether it rests, how much it has to do. Shared by all its films. */
import type { EngineName, EnginePolicy } from '@fanreel/protocol'
import { type Breaker, type BreakerSettings, createBreaker } from './breaker.ts'
import { type EngineClock, steadyClock } from './clock.ts'
import type { Engine } from './engine.ts'
import type { EngineState } from './ladder.ts'
import { createPace, type Pace } from './pace.ts'

export type Member = {
  engine: Engine
  pace: Pace
  breaker: Breaker
  /** Shots it works on or has waiting, of all films. */
  busy: number
}

export type Roster = {
  /** Engines in this order, those that are not here left out. */
  members(names: readonly EngineName[]): Member[]
  names(): EngineName[]
  now(): number
  /** A signal that is given after so many milliseconds of this clock. */
  after(ms: number): AbortSignal
}

/** Those of a node that an event prefers, in its order, and the studio last; each once. */
export const engineOrder = (present: readonly EngineName[], { prefer }: Pick<EnginePolicy, 'prefer'>): EngineName[] => [
  ...new Set([...prefer, 'studio' as const].filter((name) => present.includes(name))),
]

/** Milliseconds until a shot that is asked for now is here: those before it are drawn first, as many at once as it can. */
const expectedMs = ({ engine, pace, busy }: Member): number =>
  pace.expected() * (1 + Math.floor(busy / engine.capabilities.parallel))

export const stateOf = (member: Member, now: number): EngineState => ({
  capabilities: member.engine.capabilities,
  ready: member.breaker.state(now) !== 'open',
  expectedMs: expectedMs(member),
})

export type RosterOptions = Partial<Pick<EngineClock, 'now' | 'after'>> & {
  breaker?: BreakerSettings
}

export const createRoster = (
  engines: readonly Engine[],
  { now = steadyClock.now, after = steadyClock.after, breaker }: RosterOptions = {},
): Roster => {
  const all = engines.map((engine): Member => {
    const { expectedMs: assumed } = engine.capabilities
    return { engine, pace: createPace(assumed), breaker: createBreaker(breaker), busy: 0 }
  })
  return {
    members: (names) => names.flatMap((name) => all.filter(({ engine }) => engine.capabilities.name === name)),
    names: () => all.map(({ engine }) => engine.capabilities.name),
    now,
    after,
  }
}
