/** The UI is a standalone server on loopback. It forwards nothing: the orchestrator's front door owns every other path. */
import { join } from 'node:path'
import type { NextConfig } from 'next'

const repository = join(import.meta.dirname, '..')

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: repository,
  turbopack: { root: repository },
  transpilePackages: ['@fanreel/protocol', '@fanreel/content-packs'],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Types are checked once for the whole repository, before any build.
  typescript: { ignoreBuildErrors: true },
  experimental: { cpus: 2 },
}

export default config
