/**
 * The npm packages, exactly as locked. Whether they are in place is read from the list npm keeps inside node_modules, so a
 * deleted folder, an interrupted install and a changed lock file are all noticed without asking the registry.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages

/** True when node_modules holds what the lock file says; packages for other platforms may be absent. */
export const packagesMatchLock = (root) => {
  const installedList = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedList)) return false
  const locked = read(join(root, 'package-lock.json'))
  const installed = read(installedList)
  const inPlace = Object.entries(locked).every(([path, { version, optional, link, resolved }]) => {
    if (!path.startsWith('node_modules/')) return true
    const found = installed[path]
    if (!found) return optional === true
    return found.version === version && (!link || found.resolved === resolved)
  })
  return inPlace && Object.keys(installed).every((path) => locked[path])
}

/** `npm ci` when the packages are not those of the lock file. */
export const installPackages = async (root, report) => {
  if (packagesMatchLock(root)) return
  await report.step('npm packages, as locked', () =>
    // onnxruntime-node would fetch CUDA libraries from another host; the CPU's are in the package itself.
    report.run('npm-ci', 'npm', ['ci', '--no-audit', '--no-fund'], { env: { ONNXRUNTIME_NODE_INSTALL: 'skip' } }),
  )
}
