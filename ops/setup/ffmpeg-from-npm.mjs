/**
 * ffmpeg out of npm, where the system has none: old builds (2018 and 2023) that must never decode strangers' uploads, so it
 * serves the demo with one's own clips alone and is never used by tests or an installation.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Missing } from './report.mjs'

const PACKAGES = { ffmpeg: '@ffmpeg-installer/ffmpeg@1.1.0', ffprobe: '@ffprobe-installer/ffprobe@2.1.2' }

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
        for (const program of Object.keys(PACKAGES)) {
          const path = programIn(folder, program)
          if (!path || spawnSync(path, ['-version'], { stdio: 'ignore' }).status !== 0)
            throw new Missing(`${program} from npm does not run here`)
          rmSync(join(bin, program), { force: true })
          symlinkSync(path, join(bin, program))
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
