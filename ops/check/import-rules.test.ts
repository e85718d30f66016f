/** Each rule about imports is broken on purpose, in a tree shaped like this one, and must be reported by its name. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const config = join(root, '.dependency-cruiser.cjs')
const ruleNames = (createRequire(import.meta.url)(config) as { forbidden: { name: string }[] }).forbidden.map(({ name }) => name)

/** Rule -> a file that breaks it and what that file imports. */
const PLANTED: Record<string, [file: string, imported: string]> = {
  'shared-packages-import-zod-only': ['orchestrator/protocol/src/planted.ts', 'pino'],
  'kiosk-ui-keeps-to-itself': ['kiosk-ui/lib/planted.ts', '../../orchestrator/src/visits/target.ts'],
  'gpu-node-keeps-to-itself': ['gpu-node/src/planted.ts', '../../kiosk-ui/lib/target.ts'],
  'orchestrator-keeps-to-itself': ['orchestrator/src/visits/planted-neighbour.ts', '../../../gpu-node/src/vision/target.ts'],
  'content-packs-keeps-to-itself': ['content-packs/tools/planted.ts', '../../gpu-node/src/vision/target.ts'],
  'unit-tests-keep-to-their-workspace': ['gpu-node/src/planted.test.ts', '../../orchestrator/src/visits/target.ts'],
  'nobody-imports-ops': ['tests/planted.ts', '../ops/target.ts'],
  'ops-starts-processes': ['ops/demo/planted.ts', '../../orchestrator/src/visits/target.ts'],
  'orchestrator-middle-knows-no-edge': ['orchestrator/src/visits/planted-edge.ts', '../http/target.ts'],
  'orchestrator-stores-know-no-rules': ['orchestrator/src/media/planted.ts', '../visits/target.ts'],
  'orchestrator-folders-know-no-boot': ['orchestrator/src/http/planted.ts', '../env.ts'],
  'queue-owns-bullmq-and-redis': ['orchestrator/src/visits/planted-redis.ts', 'bullmq'],
  'gpu-node-folders-know-no-runner': ['gpu-node/src/vision/planted.ts', '../runner.ts'],
  'gpu-node-media-is-the-ground': ['gpu-node/src/media/planted.ts', '../vision/target.ts'],
  'studio-calls-no-other-engine': ['gpu-node/src/engines/studio/planted.ts', '../comfyui/target.ts'],
  'media-ffmpeg-owns-fluent-ffmpeg': ['gpu-node/src/vision/planted-ffmpeg.ts', 'fluent-ffmpeg'],
  'no-cycle': ['ops/cycle-a.ts', './cycle-b.ts'],
  'no-unresolved': ['ops/lost.ts', './nowhere.ts'],
}

const TARGETS = [
  'orchestrator/src/visits/target.ts',
  'orchestrator/src/http/target.ts',
  'orchestrator/src/env.ts',
  'gpu-node/src/vision/target.ts',
  'gpu-node/src/runner.ts',
  'gpu-node/src/engines/comfyui/target.ts',
  'kiosk-ui/lib/target.ts',
  'ops/target.ts',
]

/** What the rules allow, so that a rule that refuses everything is seen too. */
const ALLOWED: [file: string, imported: string][] = [
  ['gpu-node/src/cli.ts', './vision/target.ts'],
  ['gpu-node/src/vision/allowed.ts', '../../../orchestrator/protocol/src/allowed.ts'],
  ['orchestrator/protocol/src/allowed.ts', 'zod'],
  ['orchestrator/src/http/allowed.ts', '../visits/target.ts'],
  ['orchestrator/src/queue/allowed.ts', 'bullmq'],
  ['gpu-node/src/media/ffmpeg.ts', 'fluent-ffmpeg'],
]

let tree: string
let found: { from: string; rule: { name: string } }[]

const write = async (file: string, text: string) => {
  await mkdir(dirname(join(tree, file)), { recursive: true })
  await writeFile(join(tree, file), text)
}

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'fanreel-imports-'))
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'))
  for (const target of TARGETS) await write(target, 'export const target = 1\n')
  for (const [file, imported] of [...Object.values(PLANTED), ...ALLOWED]) await write(file, `export * from '${imported}'\n`)
  await write('ops/cycle-b.ts', "export * from './cycle-a.ts'\n")
  await write('tests/planted.ts', "export * from '../ops/target.ts'\n")
  const cruiser = join(root, 'node_modules', '.bin', 'depcruise')
  const folders = ['orchestrator', 'gpu-node', 'content-packs', 'kiosk-ui', 'ops', 'tests']
  const output = await new Promise<string>((resolve, reject) => {
    // The exit code is the number of violations: there are some.
    execFile(
      cruiser,
      ['--config', config, '--output-type', 'json', ...folders],
      { cwd: tree, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => (stdout.startsWith('{') ? resolve(stdout) : reject(new Error(stderr, { cause: error }))),
    )
  })
  found = (JSON.parse(output) as { summary: { violations: typeof found } }).summary.violations
})

afterAll(async () => {
  await rm(tree, { recursive: true, force: true })
})

it('has a planted violation for every rule', () => {
  expect(Object.keys(PLANTED).sort()).toEqual([...ruleNames].sort())
})

it.each(Object.entries(PLANTED))('%s is held', (rule, [file]) => {
  expect(found.filter((violation) => violation.from === file).map((violation) => violation.rule.name)).toContain(rule)
})

it.each(ALLOWED)('%s may import %s', (file) => {
  expect(found.filter((violation) => violation.from === file)).toEqual([])
})
