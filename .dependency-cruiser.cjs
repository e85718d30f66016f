/**
 * Imports run one way. Each rule below is a line of that picture; ops/check/import-rules.test.ts plants a violation of every
 * one of them and sees it refused.
 */

/** Workspaces by their folders. The protocol and the schema are the two that others may import. */
const SHARED = '^(orchestrator/protocol/src|content-packs/schema)/'
const NEIGHBOURS = '^(orchestrator|gpu-node|content-packs|kiosk-ui|ops|tests)/'
/** Tests, and what they share beside the source. */
const TEST = '\\.(test|fixture)\\.tsx?$'
const TEST_SUPPORT = '^tests/support/'

/** A workspace that imports the two shared ones and nothing else of its neighbours. */
const keepsToItself = (folder, own) => ({
  name: `${folder}-keeps-to-itself`,
  comment: `${folder} imports @fanreel/protocol and content-packs/schema and nothing else of its neighbours`,
  severity: 'error',
  from: { path: `^${own}/`, pathNot: TEST },
  to: { path: NEIGHBOURS, pathNot: [`^${own}/`, SHARED] },
})

/** Tests beside the source may use what tests/support offers, besides what their workspace may import. */
const testsKeepToThemselves = {
  name: 'unit-tests-keep-to-their-workspace',
  comment:
    'a unit test imports its own workspace, the shared packages and tests/support; what crosses workspaces lives in tests/',
  severity: 'error',
  from: { path: `^(gpu-node|content-packs|kiosk-ui|orchestrator)/.*${TEST}` },
  to: { path: NEIGHBOURS, pathNot: ['^$1/', SHARED, TEST_SUPPORT] },
}

const layer = (name, comment, from, to) => ({ name, comment, severity: 'error', from: { pathNot: TEST, ...from }, to })

module.exports = {
  forbidden: [
    layer(
      'shared-packages-import-zod-only',
      '@fanreel/protocol and content-packs/schema are read by everyone, browsers included: they import zod and themselves',
      { path: SHARED },
      { pathNot: ['^$1/', '(^|/)node_modules/zod/'] },
    ),
    keepsToItself('kiosk-ui', 'kiosk-ui'),
    keepsToItself('gpu-node', 'gpu-node'),
    keepsToItself('orchestrator', 'orchestrator'),
    keepsToItself('content-packs', 'content-packs'),
    testsKeepToThemselves,
    layer(
      'nobody-imports-ops',
      'ops starts the others as processes; none of them knows it',
      { path: NEIGHBOURS, pathNot: ['^ops/', TEST] },
      { path: '^ops/' },
    ),
    layer(
      'ops-starts-processes',
      'ops imports the protocol and the uploader that kiosks use; everything else it starts and speaks to from outside',
      { path: '^ops/' },
      { path: NEIGHBOURS, pathNot: ['^ops/', SHARED, '^kiosk-ui/lib/uploader/'] },
    ),

    layer(
      'orchestrator-middle-knows-no-edge',
      'sockets, http -> visits, uploads, dispatch, access, privacy',
      { path: '^orchestrator/src/(visits|uploads|dispatch|access|privacy|notices|packs|event|status|queue|media)/' },
      { path: '^orchestrator/src/(sockets|http|pickup)/' },
    ),
    layer(
      'orchestrator-stores-know-no-rules',
      'visits, uploads, dispatch, access, privacy -> queue, media',
      { path: '^orchestrator/src/(queue|media)/' },
      { path: '^orchestrator/src/(visits|uploads|dispatch|access|privacy|notices|packs|event|status)/' },
    ),
    layer(
      'orchestrator-folders-know-no-boot',
      'main, cli and env put the folders together; no folder imports them',
      { path: '^orchestrator/src/[^/]+/' },
      { path: '^orchestrator/src/(main|cli|env)\\.ts$' },
    ),
    layer(
      'queue-owns-bullmq-and-redis',
      'one folder speaks to the broker; the boot files open its connections',
      { path: '^orchestrator/', pathNot: [TEST, '^orchestrator/src/queue/', '^orchestrator/src/(main|cli|redis)\\.ts$'] },
      { path: '(^|/)node_modules/(bullmq|redis|@redis)/' },
    ),

    layer(
      'gpu-node-folders-know-no-runner',
      'runner, cli -> vision, director, engines, sound, assembly, verify',
      { path: '^gpu-node/src/[^/]+/' },
      { path: '^gpu-node/src/(main|cli|runner|render|render-task|link|transfer|pack-cache|env)\\.ts$' },
    ),
    layer(
      'gpu-node-media-is-the-ground',
      'vision, director, engines, sound, assembly, verify -> media',
      { path: '^gpu-node/src/media/' },
      { path: '^gpu-node/src/(vision|director|engines|sound|assembly|verify)/' },
    ),
    layer(
      'studio-calls-no-other-engine',
      'every engine may fall back on studio; studio falls back on none',
      { path: '^gpu-node/src/engines/studio/' },
      { path: '^gpu-node/src/engines/(comfyui|model-studio|videos-api)/' },
    ),
    layer(
      'media-ffmpeg-owns-fluent-ffmpeg',
      'an archived library stays behind one file, so that it can be swapped',
      { pathNot: ['^gpu-node/src/media/ffmpeg\\.ts$'] },
      { path: '(^|/)node_modules/(@types/)?fluent-ffmpeg/' },
    ),

    { name: 'no-cycle', comment: 'no cycle anywhere', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      comment: 'every import leads somewhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.next|\\.fanreel|(compositor|matting)/assembly)/|^kiosk-ui/next-env\\.d\\.ts$' },
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js', '.cjs', '.json'],
    },
  },
}
