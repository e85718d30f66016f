import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Pack } from '@fanreel/content-packs/schema'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from './media/scratch-folder.ts'
import { loadPack } from './pack.ts'
import { PackUnusable } from './pack-unusable.ts'

const SHIPPED = fileURLToPath(new URL('../../content-packs/figure-skating', import.meta.url))
const folder = join(await scratchFolder(), 'pack')
await cp(SHIPPED, folder, { recursive: true, filter: (path) => !path.includes('/scene') })
const source = await readFile(join(SHIPPED, 'pack.json'), 'utf8')

const changed = async (change: (pack: Pack) => void) => {
  const pack = JSON.parse(source) as Pack
  change(pack)
  await writeFile(join(folder, 'pack.json'), JSON.stringify(pack))
  return loadPack(folder)
}

describe('loadPack', () => {
  it('loads the shipped pack', async () => {
    const { pack, hash, resolve } = await loadPack(SHIPPED, 'ab'.repeat(32))
    expect(pack.packId).toBe('figure-skating')
    expect(hash).toBe('ab'.repeat(32))
    expect(resolve('plates/ice.jpg')).toBe(join(SHIPPED, 'plates/ice.jpg'))
  })

  it.each<[string, (pack: Pack) => void]>([
    ['view interview names plate moon', (pack) => Object.assign(pack.views[4]!, { plate: 'moon' })],
    ['names view moon', (pack) => Object.assign(pack.story[0]!, { view: 'moon' })],
    ['crop of view ice shows next to nothing', (pack) => Object.assign(pack.views[6]!.crop, { height: 0 })],
    ['2 shots differ', (pack) => void pack.story.splice(2, 7, ...Array(5).fill(pack.story[0]))],
    ['missing: sounds/none.m4a', (pack) => Object.assign(pack.sounds, { hit: 'sounds/none.m4a' })],
    ['at story[0].beats', (pack) => Object.assign(pack.story[0]!, { beats: 1e9 })],
  ])('says what is wrong: %s', async (words, change) => {
    const refused = changed(change)
    await expect(refused).rejects.toThrow(PackUnusable)
    await expect(refused).rejects.toThrow(words)
    await expect(refused).rejects.toMatchObject({ code: 'pack-broken' })
  })

  it('says where a description stops being JSON', async () => {
    await writeFile(join(folder, 'pack.json'), source.replace('"story"', '"story" "stories"'))
    await expect(loadPack(folder)).rejects.toThrow(/not JSON.*position \d+/)
  })

  it('says that there is no pack', async () => {
    await rm(join(folder, 'pack.json'))
    await expect(loadPack(folder)).rejects.toThrow('there is no pack.json')
  })
})
