/**
 * ffmpeg out of npm, where the system has none: old builds (2018 and 2023) that must never decode strangers' uploads, so it
 * serves the demo with one's own clips alone and is never used by tests or an installation.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Missing } from './report.mjs'

const PACKAGES = { ffmpeg: '@ffmpeg-installer/ffmpeg@1.1.0', ffprobe: '@ffprobe-installer/ffprobe@2.1.2' }

/** What each is called in `.fanreel/bin`. */
const NAMES = { ffmpeg: 'ffmpeg-from-npm', ffprobe: 'ffprobe' }

/** The platform's package carries the program itself: `node_modules/@x-installer/<platform>/<program>`. */
const programIn = (folder, program) => {
  const scope = join(folder, 'node_modules', `@${program}-installer`)
  const platform = readdirSync(scope).find((name) => existsSync(join(scope, name, program)))
  return platform && join(scope, platform, program)
}

/** Answers whether ffmpeg and ffprobe are now in `.fanreel/bin`. */
export const ffmpegFromNpm = async (root, report) => {
  const folder = join(root, '.fanreel', 'ffmpeg')
  const bin = join(root, '.fanreel', 'bin')
  try {
    await report.step(
      "ffmpeg from npm (an old build: for your own clips only, install a current ffmpeg for anyone else's)",
      async () => {
        mkdirSync(folder, { recursive: true })
        mkdirSync(bin, { recursive: true })
        writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
        await report.run(
          'ffmpeg-from-npm',
          'npm',
          ['install', '--no-save', '--no-audit', '--no-fund', ...Object.values(PACKAGES)],
          { cwd: folder },
        )
        // Side by side in one folder: the walls round a media child show it that folder and no other.
        for (const [program, name] of Object.entries(NAMES)) {
          const path = programIn(folder, program)
          if (!path) throw new Missing(`there is no ${program} in npm for this machine`)
          copyFileSync(path, join(bin, name))
        }
        copyFileSync(fileURLToPath(new URL('ffmpeg-2018', import.meta.url)), join(bin, 'ffmpeg'))
        for (const name of ['ffmpeg', ...Object.values(NAMES)]) {
          chmodSync(join(bin, name), 0o755)
          if (spawnSync(join(bin, name), ['-version'], { stdio: 'ignore' }).status !== 0)
            throw new Missing(`${name} from npm does not run here`)
        }
      },
    )
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    report.note(error.message)
    return false
  }
  return true
}
