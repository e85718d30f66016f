import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../media/scratch-folder.ts'
import { loadPack } from '../pack.ts'
import { lay, silence } from './bus.ts'
import { filter, lowPass } from './filters.ts'
import { integratedLoudness, truePeak } from './loudness.ts'
import { packEffects, packSound, packStems, STEMS } from './pack-sounds.ts'

const { signal } = new AbortController()
const folderOf = (name: string) => fileURLToPath(new URL(`../../../content-packs/${name}`, import.meta.url))
const arena = await loadPack(folderOf('figure-skating'))
const descent = await loadPack(folderOf('alpine-descent'))

describe.each([
  ['figure-skating', arena],
  ['alpine-descent', descent],
])('the music of %s', (_, pack) => {
  it('is four stems of one length that are together as loud as a film and never too loud', async () => {
    const stems = await packStems(pack, signal)
    const length = Math.round(pack.pack.music.durationMs * 48)
    const sum = silence(length)
    for (const stem of STEMS) {
      expect(Math.abs((stems[stem][0]?.length ?? 0) - length), stem).toBeLessThan(2_048)
      // A stem that is silent would leave nothing to turn down.
      expect(integratedLoudness(stems[stem]), stem).toBeGreaterThan(-30)
      lay(sum, stems[stem], 0, 1)
    }
    expect(Math.abs(integratedLoudness(sum) + 14)).toBeLessThan(0.5)
    expect(truePeak(sum)).toBeLessThan(0)
  })
  it('F19: strikes where it says that its drop is', async () => {
    const { bpm, firstBeatMs, marks } = pack.pack.music
    const { drums } = await packStems(pack, signal)
    // Risers and rolls lead up to a strike; its own weight is below them.
    const low = filter(filter(drums[0] ?? new Float32Array(), lowPass(70)), lowPass(70))
    const power = (fromMs: number, toMs: number) =>
      low.subarray(fromMs * 48, toMs * 48).reduce((sum, value) => sum + value * value, 0) / (toMs - fromMs)
    const at = firstBeatMs + ((marks?.drop ?? 0) * 60_000) / bpm
    expect(power(at, at + 100)).toBeGreaterThan(3 * power(at - 110, at - 10))
  })
  it('has effects of its own', async () => {
    const effects = await packEffects(pack, Object.keys(pack.pack.sounds), signal)
    for (const [name, sound] of effects) expect(truePeak(sound), name).toBeLessThan(-1.5)
    expect([...effects.keys()]).toEqual(expect.arrayContaining(['whoosh', 'hit', 'riser', 'crowd', 'cheer', 'glide', 'shutter']))
  })
})

describe('packSound', () => {
  it('decodes a sound once, and anew when its file has changed', async () => {
    const root = await scratchFolder()
    await mkdir(join(root, 'sounds'))
    const pack = { ...arena, resolve: (file: string) => join(root, file) }
    await copyFile(arena.resolve('sounds/shutter.m4a'), join(root, 'sounds/one.m4a'))
    const first = await packSound(pack, 'sounds/one.m4a', signal)
    expect(await packSound(pack, 'sounds/one.m4a', signal)).toBe(first)
    await copyFile(arena.resolve('sounds/whoosh.m4a'), join(root, 'sounds/one.m4a'))
    expect((await packSound(pack, 'sounds/one.m4a', signal))[0]?.length).not.toBe(first[0]?.length)
  })
  it('keeps nothing of what it could not read', async () => {
    const root = await scratchFolder()
    const pack = { ...arena, resolve: (file: string) => join(root, file) }
    await writeFile(join(root, 'odd.m4a'), 'no sound')
    for (let tries = 0; tries < 2; tries++)
      await expect(packSound(pack, 'odd.m4a', signal)).rejects.toMatchObject({ code: 'pack-broken' })
  })
})
