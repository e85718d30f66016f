/** One line a step, with its time, on stderr; the full output of what a step runs goes to a log, shown only when it fails. */
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Something set-up cannot provide. The message is the one line a person reads. */
export class Missing extends Error {}

const TAIL_LINES = 25
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/** @param {string} root the repository's top folder */
export const createReport = (root) => {
  const begun = performance.now()
  const logs = join(root, '.fanreel', 'setup')
  let steps = 0

  /**
   * Runs one step and says what it does and how long it took.
   * @template T
   * @param {string} what
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  const step = async (what, work) => {
    if (steps++ === 0) process.stderr.write('Setting up Fanreel\n')
    process.stderr.write(`  ${what} ... `)
    const started = performance.now()
    try {
      const result = await work()
      process.stderr.write(`${seconds(performance.now() - started)}\n`)
      return result
    } catch (error) {
      process.stderr.write(`failed after ${seconds(performance.now() - started)}\n`)
      throw error
    }
  }

  /**
   * Runs a program to its end with its output in `.fanreel/setup/<log>.log`.
   * @throws {Missing} with the log's last lines when it does not exit with 0.
   */
  const run = (log, program, args, { env = {}, cwd = root } = {}) =>
    new Promise((resolve, reject) => {
      mkdirSync(logs, { recursive: true })
      const path = join(logs, `${log}.log`)
      const file = createWriteStream(path)
      const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
      child.stdout.pipe(file, { end: false })
      child.stderr.pipe(file, { end: false })
      child.once('error', (cause) => reject(new Missing(`${program} cannot be run (${cause.code})`, { cause })))
      child.once('close', (code, signal) =>
        file.end(() => {
          if (code === 0) return resolve()
          const tail = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
          reject(new Missing(`${program} ${args.join(' ')} ended with ${code ?? signal}; ${relative(root, path)} says:\n${tail}`))
        }),
      )
    })

  /** One line about something that is as well as it can be. */
  const note = (line) => process.stderr.write(`  ${line}\n`)

  const end = () => {
    if (steps > 0) process.stderr.write(`Set up in ${seconds(performance.now() - begun)}\n`)
  }
  return { step, run, note, end }
}
