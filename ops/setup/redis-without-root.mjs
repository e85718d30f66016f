/**
 * Redis on a Debian machine where we may not install: its packages are downloaded and unpacked under `.fanreel/redis`, and
 * `.fanreel/bin/redis-server` runs it with the libraries found there. 7.6 MB, no rights needed.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Missing } from './report.mjs'

const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1']

/** apt's own folders may be empty or closed to us, so it is given folders of ours. */
const ownApt = (folder) => [
  '-o',
  `Dir::State::Lists=${folder}/lists`,
  '-o',
  `Dir::Cache=${folder}/cache`,
  '-o',
  'APT::Sandbox::User=',
]

const unpack = async (folder, report) => {
  const debs = join(folder, 'debs')
  rmSync(folder, { recursive: true, force: true })
  for (const part of ['debs', 'apt/lists/partial', 'apt/cache/archives/partial'])
    mkdirSync(join(folder, part), { recursive: true })
  try {
    await report.run('redis-download', 'apt-get', ['download', '-q', ...PACKAGES], { cwd: debs })
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    const own = ownApt(join(folder, 'apt'))
    await report.run('redis-apt-update', 'apt-get', [...own, 'update', '-q'])
    await report.run('redis-download', 'apt-get', [...own, 'download', '-q', ...PACKAGES], { cwd: debs })
  }
  for (const deb of readdirSync(debs)) await report.run('redis-unpack', 'dpkg', ['-x', join(debs, deb), folder])
  for (const part of ['debs', 'apt']) rmSync(join(folder, part), { recursive: true, force: true })
}

const writeStarter = (root) => {
  const starter = join(root, '.fanreel', 'bin', 'redis-server')
  mkdirSync(join(root, '.fanreel', 'bin'), { recursive: true })
  writeFileSync(
    starter,
    `#!/bin/sh
# Runs the Redis unpacked by ops/setup.mjs with the libraries unpacked beside it.
here=$(cd "$(dirname "$0")/../redis" && pwd)
for folder in "$here"/usr/lib/*-linux-gnu*; do libraries=\${libraries:+$libraries:}$folder; done
LD_LIBRARY_PATH="$libraries\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/usr/bin/redis-server" "$@"
`,
  )
  chmodSync(starter, 0o755)
  return starter
}

/** Answers whether a Redis that starts is now at `.fanreel/bin/redis-server`. */
export const redisWithoutRoot = async (root, report) => {
  try {
    await report.step('Redis from its Debian packages, unpacked under .fanreel/redis', async () => {
      const folder = join(root, '.fanreel', 'redis')
      await unpack(folder, report)
      const starter = writeStarter(root)
      const { status } = spawnSync(starter, ['--version'], { stdio: 'ignore' })
      if (status === 0) return
      rmSync(starter)
      throw new Missing('the unpacked Redis does not start')
    })
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    report.note(error.message)
  }
  return existsSync(join(root, '.fanreel', 'bin', 'redis-server'))
}
