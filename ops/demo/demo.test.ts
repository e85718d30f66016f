/** The demo as a program: what stands on stdout, how it ends, and that nothing of it is left running. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './places.ts'

const run = promisify(execFile)
const home = mkdtempSync(join(tmpdir(), 'fanreel-demo-'))
const env = { ...process.env, FANREEL_DEMO_HOME: home, INIT_CWD: home }
const main = ['--import', 'tsx', join(ROOT, 'ops', 'demo', 'main.ts')]

const demo = async (...args: string[]): Promise<{ exitCode: number; stdout: string }> => {
  try {
    return { exitCode: 0, stdout: (await run(process.execPath, [...main, ...args], { cwd: ROOT, env })).stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { exitCode: code, stdout }
  }
}

/** Processes of this machine whose command line or environment names the demo's folder. */
const leftRunning = (): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home)
      } catch {
        return false
      }
    })

beforeAll(() => {
  writeFileSync(join(home, 'words.mp4'), 'this is not a video')
  writeFileSync(join(home, 'empty.mp4'), '')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe.skipIf(!existsSync(join(ROOT, 'kiosk-ui', '.next', 'standalone')))('with the kiosk built', () => {
  it('makes the sample visitor a film, tells it in one JSON line and leaves nothing running', { timeout: 400_000 }, async () => {
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

  it.each(['words.mp4', 'empty.mp4'])(
    'refuses %s with a code, a sentence and exit code 3',
    { timeout: 120_000 },
    async (clip) => {
      const { exitCode, stdout } = await demo('--once', '--json', '--clip', clip)
      expect(exitCode).toBe(3)
      const { visitId, code, message } = JSON.parse(stdout)
      expect(visitId).toMatch(/^[0-9a-f-]{36}$/)
      expect(code).toBe('clip-unreadable')
      expect(message).toContain('record again')
    },
  )

  it('serves until it is told to stop, one at a time, then stops every part', { timeout: 120_000 }, async () => {
    const serving = spawn(process.execPath, [...main, '--serve'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const lines: string[] = []
    const ready = new Promise<void>((resolve) => {
      createInterface({ input: serving.stdout }).on('line', (line) => {
        lines.push(line)
        if (line.startsWith('Ctrl-C')) resolve()
      })
    })
    const ended = new Promise<number | null>((resolve) => serving.once('close', resolve))
    await Promise.race([ready, ended])
    const origin = lines.join('\n').match(/kiosk +(http:\/\/localhost:\d+)/)?.[1]
    expect((await fetch(`${origin}/ready`)).status).toBe(200)
    expect((await fetch(`${origin}/`)).headers.get('content-type')).toContain('text/html')
    expect((await demo('--serve')).exitCode).toBe(1)
    serving.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(leftRunning()).toEqual([])
  })
})
