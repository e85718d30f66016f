import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const BIN = fileURLToPath(new URL('../bin/gpu-node.mjs', import.meta.url))
const PACK = fileURLToPath(new URL('../../content-packs/figure-skating', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const cli = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [BIN, ...args], (error, stdout, stderr) =>
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
    expect((await cli('render', '--clip', 'a', '--pack', PACK, '--out', 'b', '--language', 'xx')).code).toBe(2)
    expect((await cli('fly')).code).toBe(2)
  })

  it('ends with 3 for a clip that is refused, with its code and a sentence in the visitor’s language', async () => {
    const clip = join(folder, 'clip.mp4')
    const out = join(folder, 'film.mp4')
    await writeFile(clip, 'this is not a video, whatever it is called')
    const { code, stdout } = await cli('render', '--clip', clip, '--pack', PACK, '--out', out, '--language', 'it', '--json')
    expect(code).toBe(3)
    const answer = JSON.parse(stdout) as { code: string; message: string }
    expect(answer.code).toBe('clip-unreadable')
    expect(answer.message).toContain('Registra di nuovo')
    expect(existsSync(out)).toBe(false)
  })

  it('ends with 1 for a pack that is not there', async () => {
    const { code, stderr } = await cli('render', '--clip', 'a', '--pack', folder, '--out', 'b')
    expect(code).toBe(1)
    expect(stderr).toContain('pack-broken')
  })
})
