/** Which fault strikes when, for how long and whom: all of it from one number, so that a run that failed is run again. Pure. */

/** Answers 0..1, the same row of numbers for the same seed (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Every fault that may strike, and how long it may last, in milliseconds. */
export const INJURIES = {
  'node-killed': [200, 6_000],
  'node-frozen': [500, 12_000],
  'node-cut-off': [500, 12_000],
  'node-line-cut': [0, 0],
  'node-line-rough': [2_000, 10_000],
  'orchestrator-killed': [200, 5_000],
  'orchestrator-stopped': [200, 3_000],
  'orchestrator-frozen': [500, 8_000],
  'redis-killed': [200, 4_000],
  'redis-connections-cut': [0, 0],
  'redis-still': [500, 5_000],
  'redis-full': [300, 3_000],
  'redis-cut-off': [500, 5_000],
  'redis-slow': [1_000, 8_000],
  'kiosk-cut-off': [500, 8_000],
  'kiosk-line-cut': [0, 0],
  'kiosk-cut-in-mid-piece': [1_000, 6_000],
  'kiosk-line-rough': [2_000, 10_000],
  'disk-full': [300, 4_000],
} as const satisfies Record<string, readonly [number, number]>
export type InjuryName = keyof typeof INJURIES

export type Strike = {
  atMs: number
  injury: InjuryName
  lastsMs: number
  /** 0..1: which of several is hit. */
  whom: number
}

/** Between two strikes, in milliseconds. */
const GAP_MS = [300, 4_000] as const
const between = ([least, most]: readonly [number, number], random: () => number): number =>
  Math.round(least + random() * (most - least))

/** The strikes of so many milliseconds, in order. They overlap as they come. */
export const planSchedule = (seed: number, lengthMs: number): Strike[] => {
  const random = randomOf(seed)
  const names = Object.keys(INJURIES) as InjuryName[]
  const strikes: Strike[] = []
  for (let atMs = between(GAP_MS, random); atMs < lengthMs; atMs += between(GAP_MS, random)) {
    const injury = names[Math.floor(random() * names.length)] ?? 'node-killed'
    strikes.push({ atMs, injury, lastsMs: between(INJURIES[injury], random), whom: random() })
  }
  return strikes
}
