import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checked, readArguments } from './cli-arguments.ts'
import type { Finding } from './doctor.ts'
import { SAMPLE_VISITOR } from './media/media-samples.ts'

const BIN = fileURLToPath(new URL('../bin/gpu-node.mjs', import.meta.url))
const PACK = fileURLToPath(new URL('../../content-packs/figure-skating', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const cli = (...args: string[]) => cliWith({}, ...args)
const cliWith = (env: Record<string, string>, ...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [BIN, ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

describe('gpu-node at the command line', () => {
  it('says how it is used', async () => {
    const { code, stdout } = await cli('--help')
    expect(code).toBe(0)
    expect(stdout).toContain('--clip FILE')
  })

  it('ends with 2 for arguments that make no sense', async () => {
    const missing = await cli('render', '--clip', 'a.mp4')
    expect(missing.code).toBe(2)
    expect(missing.stdout).toBe('')
    expect((await cli('fly')).code).toBe(2)
  })

  it('ends with 2 and one line for a clip that is not there, before anything is loaded', async () => {
    const clip = join(folder, 'nowhere.mp4')
    const { code, stdout, stderr } = await cli(
      ...['render', '--clip', clip, '--pack', PACK, '--out', join(folder, 'never.mp4'), '--json'],
    )
    expect(code).toBe(2)
    expect(stderr.split('\n')[0]).toBe(`--clip: ${clip} cannot be read: there is no such file`)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'wrong-arguments' })
  })

  it('ends with 2 and one line for a film that could not be written, and touches nothing', async () => {
    const clip = join(folder, 'kept.mp4')
    await writeFile(clip, 'a clip')
    const rendered = (out: string) => cli('render', '--clip', clip, '--pack', PACK, '--out', out)
    const below = await rendered(join(clip, 'film.mp4'))
    expect(below.code).toBe(2)
    expect(below.stderr).toContain('cannot be written: ')
    expect(below.stderr).not.toMatch(/^\s+at /m)
    const aFolder = await rendered(folder)
    expect(aFolder.code).toBe(2)
    expect(aFolder.stderr).toContain('it is a folder')
    expect((await rendered(clip)).stderr).toContain('is the clip itself')
    expect(await readFile(clip, 'utf8')).toBe('a clip')
  })

  it.each([
    ['--language', 'xx', 'one of'],
    ['--size', '4000x3000', '720x1280'],
    ['--name', 'Ma\u202erco', 'direction mark'],
  ])('says what may stand behind %s', (option, value, said) => {
    const words = ['render', '--clip', 'a', '--pack', PACK, '--out', 'b', option, value]
    expect(() => checked(readArguments(words).values)).toThrow(said)
  })

  it('ends with 3 for a clip that is refused, with its code and a sentence in the visitor’s language', async () => {
    const clip = join(folder, 'clip.mp4')
    const out = join(folder, 'film.mp4')
    await writeFile(clip, 'this is not a video, whatever it is called')
    const { code, stdout } = await cli('render', '--clip', clip, '--pack', PACK, '--out', out, '--language', 'it', '--json')
    expect(code).toBe(3)
    const answer = JSON.parse(stdout) as { ok: boolean; code: string; message: string }
    expect(answer).toMatchObject({ ok: false, code: 'clip-unreadable' })
    expect(answer.message).toContain('Registra di nuovo')
    expect(existsSync(out)).toBe(false)
  })

  it('ends quietly when it is stopped, and nobody else could have looked at its files', async () => {
    const temporary = await mkdtemp(join(folder, 'tmp-'))
    const args = [
      BIN,
      'render',
      '--clip',
      join(SAMPLE_VISITOR, 'visitor.webm'),
      '--pack',
      PACK,
      '--out',
      join(folder, 'never.mp4'),
    ]
    const child = spawn(process.execPath, args, {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (part) => {
      stderr += part
    })
    const ended = once(child, 'exit')
    await expect.poll(() => stderr, { timeout: 40_000 }).toContain('cast')
    const [scratch = ''] = (await readdir(temporary)).filter((name) => name.startsWith('fanreel-render-'))
    expect((await stat(join(temporary, scratch))).mode & 0o777).toBe(0o700)
    child.kill('SIGINT')
    expect((await ended)[0]).toBe(130)
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('stopped')
    expect(stderr).not.toMatch(/^\s+at /m)
    expect((await readdir(temporary)).filter((name) => name.startsWith('fanreel-render-'))).toEqual([])
  })

  it('ends with 1 and one line where this machine cannot read media', async () => {
    const broken = join(folder, 'ffprobe')
    await writeFile(broken, '#!/bin/sh\nexit 127\n')
    await chmod(broken, 0o755)
    const clip = join(SAMPLE_VISITOR, 'visitor.webm')
    const { code, stdout, stderr } = await cliWith(
      { FANREEL_FFPROBE: broken },
      ...['render', '--clip', clip, '--pack', PACK, '--out', join(folder, 'never.mp4'), '--json'],
    )
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'node-fault' })
    expect(stderr).toContain('not-started')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('doctor finds nothing missing where films are made', async () => {
    const { stdout } = await cli('doctor', '--json')
    const { findings } = JSON.parse(stdout) as { findings: Finding[] }
    // How much room this machine has is its own affair.
    expect(findings.filter(({ part, ok }) => !ok && !part.startsWith('room'))).toEqual([])
  })

  it('doctor tries each part, and says what to do about the one that is broken', async () => {
    const broken = join(folder, 'no-ffprobe')
    await writeFile(broken, '#!/bin/sh\nexit 127\n')
    await chmod(broken, 0o755)
    const { code, stdout } = await cliWith({ FANREEL_FFPROBE: broken }, 'doctor', '--json')
    expect(code).toBe(1)
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] }
    const found = new Map(findings.map((finding) => [finding.part, finding]))
    expect(ok).toBe(false)
    expect(found.get('ffprobe')).toMatchObject({ ok: false, advice: expect.stringContaining('install ffmpeg') as string })
    for (const part of ['picture encoder', 'sound encoder', 'networks', 'typefaces', 'studio'])
      expect(found.get(part), part).toMatchObject({ ok: true })
    expect([...found.keys()]).toEqual(expect.arrayContaining(['sandbox', 'room at the command line', 'room as a node']))
  })

  it('ends with 1 for a pack that is not there', async () => {
    const clip = join(SAMPLE_VISITOR, 'visitor.webm')
    const { code, stderr, stdout } = await cli(
      'render',
      '--clip',
      clip,
      '--pack',
      folder,
      '--out',
      join(folder, 'b.mp4'),
      '--json',
    )
    expect(code).toBe(1)
    expect(stderr).toContain('pack-broken')
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'pack-broken' })
  })
})
