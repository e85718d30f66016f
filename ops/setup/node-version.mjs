/** The oldest Node that everything was tested on. */
import { Missing } from './report.mjs'

const OLDEST = [20, 19]

/** @throws {Missing} when this Node is too old. */
export const checkNodeVersion = (version = process.versions.node) => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  throw new Missing(
    `Node ${OLDEST.join('.')} or newer is needed, this is ${version} (https://nodejs.org, or your system's packages)`,
  )
}
