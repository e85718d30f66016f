import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{orchestrator,gpu-node,content-packs,kiosk-ui,ops,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.next/**', '**/.fanreel/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: true,
    maxWorkers: 2,
  },
})
