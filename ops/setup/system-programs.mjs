/**
 * The programs Fanreel runs but does not ship, and a font for its tests: from the system where they are, else from Debian's
 * packages where we may install, else a copy of its own under `.fanreel/`, else one line that says what to install.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ffmpegFromNpm } from './ffmpeg-from-npm.mjs'
import { redisWithoutRoot } from './redis-without-root.mjs'
import { Missing } from './report.mjs'

/** Program -> Debian package. ffprobe comes with ffmpeg. */
const DEBIAN_PACKAGES = {
  'redis-server': 'redis-server',
  ffmpeg: 'ffmpeg',
  chromium: 'chromium',
  fswebcam: 'fswebcam',
  bwrap: 'bubblewrap',
  // 1.6 MB for Chinese, Japanese and Korean; Noto's would be 57 MB.
  'cjk-font': 'fonts-wqy-microhei',
}

const onPath = (program, path = process.env.PATH ?? '') =>
  path.split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)))

const ownBin = (root) => join(root, '.fanreel', 'bin')
/** Phones bring fonts for Chinese, Japanese and Korean, a bare server does not. Only Linux is asked: other systems have them. */
const hasCjkFont = () => {
  if (process.platform !== 'linux') return true
  const { stdout } = spawnSync('fc-list', [':lang=ja', 'file'], { encoding: 'utf8' })
  return Boolean(stdout?.trim())
}

/** Tests decode what strangers may send: an ffmpeg of our own, an old build, does not count for them. */
const present = (root, program, forTests) =>
  program === 'cjk-font'
    ? hasCjkFont()
    : onPath(program) || (existsSync(join(ownBin(root), program)) && !(forTests && program === 'ffmpeg'))
const hasApt = () => onPath('apt-get')
const isRoot = () => process.getuid?.() === 0

const aptInstall = async (report, packages) => {
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const install = (attempt) =>
    report.run(
      `apt-install-${attempt}`,
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...packages],
      { env },
    )
  // The lists of a fresh machine are empty or old: the first attempt finds out in a second, the second has new ones.
  const simulated = spawnSync('apt-get', ['install', '-s', '-q', '--no-install-recommends', ...packages], { stdio: 'ignore' })
  if (simulated.status === 0) {
    try {
      return await install(1)
    } catch (error) {
      if (!(error instanceof Missing)) throw error
    }
  }
  await report.run('apt-update', 'apt-get', ['update', '-q'], { env })
  await install(2)
}

/** Looks for a program's substitute that needs no rights on this machine. Answers whether there is one now. */
const provideOwn = async ({ root, report, program, forTests }) => {
  if (program === 'redis-server' && hasApt() && onPath('dpkg')) return await redisWithoutRoot(root, report)
  if (program === 'ffmpeg' && !forTests) return await ffmpegFromNpm(root, report)
  return false
}

/** What goes on without a program, and how. */
const WITHOUT = {
  bwrap: 'without bubblewrap clips are decoded behind resource limits alone',
  'cjk-font': 'without a font for them, Chinese, Japanese and Korean are boxes in pictures of phone pages',
  fswebcam: 'without fswebcam nothing takes a still from a camera that the browser has let go',
}

const advice = (program) => `install it (Debian and Ubuntu: apt-get install ${DEBIAN_PACKAGES[program]})`

/**
 * Provides `programs`, without which nothing works, and `optional` ones, which are used where they exist: what stays
 * absent of these is said in one line each.
 * @throws {Missing} naming every program that could not be provided, one a line.
 */
export const provideSystemPrograms = async ({ root, report, programs, optional, forTests }) => {
  const missing = (of) => of.filter((program) => !present(root, program, forTests))
  if (missing([...programs, ...optional]).length === 0) return
  if (hasApt() && isRoot()) {
    const wanted = missing([...programs, ...optional]).map((program) => DEBIAN_PACKAGES[program])
    const installed = report.step(`apt-get install ${wanted.join(' ')}`, () => aptInstall(report, wanted))
    // What is only optional stops nobody.
    if (missing(programs).length > 0) await installed
    else await installed.catch((error) => report.note(`could not install ${wanted.join(' ')}: ${error.message}`))
  }
  for (const program of missing(optional)) report.note(`${WITHOUT[program]}: ${advice(program)}`)
  const lines = []
  for (const program of missing(programs)) {
    if (await provideOwn({ root, report, program, forTests })) continue
    lines.push(`${program} is missing: ${advice(program)}`)
  }
  if (lines.length > 0) throw new Missing(lines.join('\n'))
}
