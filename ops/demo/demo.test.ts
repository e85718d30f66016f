/** The demo as a program: what stands on stdout, how it ends, and that nothing of it is left running. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CLIP_WORDS } from '@fanreel/protocol'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { IS_WHOLE } from '../../tests/support/whole.ts'
import { ROOT } from './places.ts'

const run = promisify(execFile)
const home = mkdtempSync(join(tmpdir(), 'fanreel-demo-'))
const main = ['--import', 'tsx', join(ROOT, 'ops', 'demo', 'main.ts')]

/** Demos of a test that has not waited for them, a failed one for instance. */
const running = new Set<ChildProcess>()
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM')
    await once(child, 'close')
  }
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Starts the demo with its files in a folder of this test's own; `ended` resolves with its exit code and what it said. */
const start = (...args: string[]) => {
  const env = { ...process.env, FANREEL_DEMO_HOME: home, INIT_CWD: home }
  const child = spawn(process.execPath, [...main, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'ignore'] })
  running.add(child)
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const ended = once(child, 'close').then(([exitCode]) => {
    running.delete(child)
    return { exitCode: exitCode as number, stdout }
  })
  return { child, ended, said: () => stdout }
}
const demo = (...args: string[]) => start(...args).ended

const makeHole = (path: string, bytes: number) => {
  writeFileSync(path, '')
  truncateSync(path, bytes)
}
const UNFIT_CLIPS = [
  // More than a program could read at once; a hole on the disk.
  ['three gigabytes', 'clip-too-large' as const, (clip: string) => makeHole(clip, 3 * 2 ** 30)],
  ['words', 'clip-unreadable' as const, (clip: string) => writeFileSync(clip, 'this is not a video')],
  ['nothing', 'clip-unreadable' as const, (clip: string) => writeFileSync(clip, '')],
] as const

/** Processes of this machine that were started with the demo's folder in their environment. */
const leftRunning = (): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(home)
      } catch {
        return false
      }
    })

describe.skipIf(!existsSync(join(ROOT, 'kiosk-ui', '.next', 'standalone')))('with the kiosk built', () => {
  it('makes the sample visitor a film, tells it in one JSON line and leaves nothing running', { timeout: 600_000 }, async () => {
    const { exitCode, stdout } = await demo('--once', '--json', '--out', 'reel.mp4')
    expect(exitCode).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    const said = JSON.parse(stdout)
    expect(said).toMatchObject({ packId: 'figure-skating', reel: join(home, 'reel.mp4') })
    expect(said.visitId).toMatch(/^[0-9a-f-]{36}$/)
    expect(said.pickupUrl).toMatch(/^http:\/\/[^/]+\/v\/[0-9A-Z]{26}$/)
    expect(said.seconds).toBeGreaterThan(12)
    expect(said.shots).toBeGreaterThanOrEqual(5)
    expect(said.likeness).toBeLessThan(0.35)
    expect(said.stagesMs).toMatchObject({ upload: expect.any(Number), draw: expect.any(Number), total: expect.any(Number) })
    const { stdout: probed } = await run('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'format=duration',
      '-of',
      'csv=p=0',
      said.reel,
    ])
    expect(Number(probed)).toBeCloseTo(said.seconds, 1)
    expect(leftRunning()).toEqual([])
  })

  it.each(IS_WHOLE ? UNFIT_CLIPS : UNFIT_CLIPS.slice(0, 1))(
    'refuses a clip of %s with a code, a sentence and exit code 3',
    { timeout: 240_000 },
    async (name, refusedWith, make) => {
      const clip = join(home, `${name}.mp4`)
      make(clip)
      const { exitCode, stdout } = await demo('--once', '--json', '--clip', clip)
      expect(exitCode).toBe(3)
      const { visitId, code, message } = JSON.parse(stdout)
      expect(visitId).toMatch(/^[0-9a-f-]{36}$/)
      expect(code).toBe(refusedWith)
      expect(message).toBe(CLIP_WORDS.en[refusedWith])
    },
  )

  it('stops every part when the shell that npm ran it in is told to end', { timeout: 120_000 }, async () => {
    const env = { ...process.env, FANREEL_DEMO_HOME: home, INIT_CWD: home, npm_lifecycle_event: 'start' }
    const line = [process.execPath, ...main, '--serve'].map((word) => `'${word}'`).join(' ')
    // With a second command, as npm's shell: with one alone some shells become that command.
    const shell = spawn('sh', ['-c', `${line}; true`], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'ignore'] })
    running.add(shell)
    let said = ''
    shell.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await vi.waitFor(() => expect(said).toContain('Starting Redis'), { timeout: 60_000, interval: 50 })
    await vi.waitFor(() => expect(leftRunning().length).toBeGreaterThan(2), { timeout: 60_000, interval: 50 })
    shell.kill('SIGTERM')
    // Its output closes only when the demo itself is gone.
    await once(shell, 'close')
    running.delete(shell)
    expect(said).toContain('Stopping')
    await vi.waitFor(() => expect(leftRunning()).toEqual([]), { timeout: 10_000, interval: 50 })
  })

  it('serves until it is told to stop, one at a time, then stops every part', { timeout: 240_000 }, async () => {
    const serving = start('--serve')
    await vi.waitFor(() => expect(serving.said()).toContain('Ctrl-C'), { timeout: 200_000, interval: 100 })
    const origin = serving.said().match(/kiosk +(http:\/\/localhost:\d+)/)?.[1]
    expect((await fetch(`${origin}/ready`)).status).toBe(200)
    expect((await fetch(`${origin}/`)).headers.get('content-type')).toContain('text/html')
    // The PIN that it names opens the kiosk's own settings, which know that no agent keeps the browser here.
    const pin = serving.said().match(/PIN (\d{4})\)/)?.[1]
    const body = JSON.stringify({ pin })
    const opened = await fetch(`${origin}/admin`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(await opened.json()).toMatchObject({ answer: 'open', agent: false })
    expect((await demo('--serve')).exitCode).toBe(1)
    serving.child.kill('SIGINT')
    expect((await serving.ended).exitCode).toBe(0)
    expect(leftRunning()).toEqual([])
  })
})
