import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { sheetAt, sheetOfLength, sheetOfShots } from './sheet.ts'

const folder = mkdtempSync(join(tmpdir(), 'fanreel-sheet-'))
afterAll(() => rmSync(folder, { recursive: true }))

const shot = (startFrame: number, frames: number) =>
  ({ startFrame, frames }) as Parameters<typeof sheetOfShots>[0]['shots'][number]

describe('a sheet', () => {
  it('looks three times at each shot, never across a cut', () => {
    const { seconds, columns } = sheetOfShots({ shots: [shot(0, 48), shot(48, 24)], fps: 24 })
    expect(columns).toBe(6)
    expect(seconds).toHaveLength(6)
    for (const at of seconds.slice(0, 3)) expect(at).toBeLessThan(2)
    for (const at of seconds.slice(3)) expect(at).toBeGreaterThanOrEqual(2)
  })
  it('looks at a film of unknown shots from beginning to end', () => {
    expect(sheetOfLength(2, 0.5)).toEqual({ seconds: [0.25, 0.75, 1.25, 1.75], columns: 4 })
    expect(sheetOfLength(0.1, 0.5).seconds).toHaveLength(1)
    expect(sheetAt([3, 1]).seconds).toEqual([1, 3])
  })
  it('is a picture of the moments that were asked for', () => {
    const [reel, out] = [join(folder, 'reel.mp4'), join(folder, 'sheet.png')]
    // A film whose brightness is its time: 0 to 200 in two seconds.
    const bright = ['-f', 'lavfi', '-i', "nullsrc=s=64x96:r=24:d=2,geq=lum='100*T':cb=128:cr=128", '-c:v', 'libx264', '-crf', '5']
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...bright, reel])
    const main = fileURLToPath(new URL('main.ts', import.meta.url))
    execFileSync(process.execPath, ['--import', 'tsx', main, reel, out, '--at', '0,1,1.9', '--width', '64'])
    const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', out, '-vf', 'format=gray', '-f', 'rawvideo', '-'])
    const width = 3 * 64 + 4 * 6
    expect(raw.length).toBe(width * (96 + 12))
    const levels = [0, 1, 2].map((column) => raw[50 * width + 6 + column * 70 + 32]!)
    expect(levels[0]).toBeLessThan(10)
    expect(levels[1]! - levels[0]!).toBeGreaterThan(70)
    expect(levels[2]! - levels[1]!).toBeGreaterThan(60)
  })
})
