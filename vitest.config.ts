import { defineConfig } from 'vitest/config'

/** Projects of one group run side by side; groups run one after the other, so that nothing with a clock in it shares its cores with a film. */
const project = (
  name: string,
  groupOrder: number,
  include: string[],
  test: { exclude?: string[]; maxWorkers?: number; isolate?: boolean } = {},
) => ({
  extends: true as const,
  test: {
    name,
    include: include.map((place) => (place.endsWith('.ts') ? place : `${place}/**/*.test.ts`)),
    exclude: ['**/node_modules/**', '**/.next/**', '**/.fanreel/**', ...(test.exclude ?? [])],
    sequence: { groupOrder },
    maxWorkers: test.maxWorkers ?? 2,
    isolate: test.isolate ?? true,
  },
})

const WHOLE_DEMO = 'ops/demo/demo.test.ts'
/** Needs no browser. */
const SCREEN_ARGUMENTS = 'tests/screens/arguments.test.ts'
/** Faults that are tried in full alone: none has a short form. */
const WHOLE_FAULTS = ['clocks', 'hostile-nodes', 'machine', 'media-tools', 'network', 'pickup', 'redis-away', 'rolling'].map(
  (name) => `tests/faults/${name}.test.ts`,
)
/** Two visitors in a row by the command that sends hundreds (`npm run bench:kiosk`), whose short form it is; ten clips past kiosk and node. */
const NOT_EVERY_TIME =
  process.env.FANREEL_TESTS === 'whole' ? [] : ['many-visits', 'same-verdict'].map((name) => `tests/e2e/${name}.test.ts`)
const isWhole = process.env.FANREEL_FAULTS === 'full'
/** Installations without a screen or a film: like the services they wait for most of their time. */
const WITHOUT_FILMS = ['tests/faults', 'tests/fuzz', 'tests/load', 'tests/integration/one-uploader.test.ts']
/** What a camera plays is judged as it comes, and a film is drawn beside moving screens: nothing else runs meanwhile. */
const ALONE = ['capture-guide', 'kiosk-flow'].map((name) => `tests/e2e/${name}.test.ts`)

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // They wait for most of their time, and take longer to load what they test than to test it: one after the other in a few processes.
      project(
        'services',
        0,
        ['orchestrator', 'kiosk-ui', 'ops', 'tests/support', SCREEN_ARGUMENTS, ...(isWhole ? [] : WITHOUT_FILMS)],
        {
          exclude: [WHOLE_DEMO, ...WHOLE_FAULTS],
          maxWorkers: 4,
          isolate: false,
        },
      ),
      project('pictures', 1, ['gpu-node', 'content-packs'], { isolate: false }),
      // Whole installations with screens or films: each keeps a core busy. Faults that are timed in full have the machine to themselves.
      project('installations', 2, ['tests/integration', 'tests/e2e', WHOLE_DEMO, ...(isWhole ? WITHOUT_FILMS : [])], {
        exclude: [...ALONE, ...NOT_EVERY_TIME, ...(isWhole ? [] : WITHOUT_FILMS.filter((place) => place.endsWith('.ts')))],
        maxWorkers: isWhole ? 1 : 2,
        isolate: isWhole,
      }),
      project('alone', 3, ALONE, { maxWorkers: 1 }),
      project('media', 4, ['tests/media', 'gpu-node/src/vision/awkward.test.ts'], { maxWorkers: 1 }),
      // Ten languages past forty screens: on its own (`npm run test:screens`).
      project('screens', 5, ['tests/screens'], { exclude: [SCREEN_ARGUMENTS], maxWorkers: 1 }),
    ],
  },
})
