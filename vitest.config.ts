import { defineConfig } from 'vitest/config'

/** Projects of one group run side by side; groups run one after the other, so that nothing with a clock in it shares its cores with a film. */
const project = (
  name: string,
  groupOrder: number,
  include: string[],
  test: { exclude?: string[]; maxWorkers?: number } = {},
) => ({
  extends: true as const,
  test: {
    name,
    include: include.map((place) => (place.endsWith('.ts') ? place : `${place}/**/*.test.ts`)),
    exclude: ['**/node_modules/**', '**/.next/**', '**/.fanreel/**', ...(test.exclude ?? [])],
    sequence: { groupOrder },
    maxWorkers: test.maxWorkers ?? 2,
  },
})

const WHOLE_DEMO = 'ops/demo/demo.test.ts'
/** Needs no browser. */
const SCREEN_ARGUMENTS = 'tests/screens/arguments.test.ts'
/** Faults that are tried in full alone: none has a short form. */
const WHOLE_FAULTS = ['clocks', 'network', 'rolling'].map((name) => `tests/faults/${name}.test.ts`)
const isWhole = process.env.FANREEL_FAULTS === 'full'
/** Installations in which no film is made: they wait for most of their time, and run two at a time. */
const UNFILMED = [
  ...['camera-faults', 'closed-kiosk', 'idle', 'many-visits', 'operator', 'pickup'].map((name) => `tests/e2e/${name}.test.ts`),
  'tests/fuzz/fuzz.test.ts',
  'tests/faults/random/random.test.ts',
  ...['nodes', 'orchestrators', 'redis', 'uploads'].map((name) => `tests/faults/${name}.test.ts`),
  ...(isWhole ? WHOLE_FAULTS : []),
]

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      project('services', 0, ['orchestrator', 'kiosk-ui', 'ops', 'tests/support', SCREEN_ARGUMENTS], { exclude: [WHOLE_DEMO] }),
      project('pictures', 1, ['gpu-node', 'content-packs']),
      // Faults that are timed in full have the machine to themselves.
      project('unfilmed', 2, UNFILMED, { maxWorkers: isWhole ? 1 : 2 }),
      // Each starts a whole installation, whose node wants the machine to itself.
      project('installations', 3, ['tests/integration', 'tests/faults', 'tests/e2e', 'ops/demo'], {
        exclude: ['ops/demo/!(demo).test.ts', ...UNFILMED, ...WHOLE_FAULTS],
        maxWorkers: 1,
      }),
      project('media', 4, ['tests/media', 'gpu-node/src/vision/awkward.test.ts'], { maxWorkers: 1 }),
      // Ten languages past forty screens: on its own (`npm run test:screens`).
      project('screens', 5, ['tests/screens'], { exclude: [SCREEN_ARGUMENTS], maxWorkers: 1 }),
    ],
  },
})
