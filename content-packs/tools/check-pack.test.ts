import { existsSync, readdirSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkPack } from './check-pack.ts'

const PACKS = new URL('../', import.meta.url)
const SHIPPED = fileURLToPath(new URL('figure-skating', PACKS))
const WORLDS = readdirSync(PACKS).filter((name) => existsSync(new URL(`${name}/pack.json`, PACKS)))

describe('check-pack', () => {
  let scratch: string
  let folder: string
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'fanreel-pack-'))
    folder = join(scratch, 'figure-skating')
    await cp(SHIPPED, folder, { recursive: true, filter: (path) => !path.includes('/scene') })
  })
  afterAll(() => rm(scratch, { recursive: true, force: true }))

  /** Codes found after each of `changes` (from, to) in the text of pack.json. */
  const changed = async (...changes: [string, string][]) => {
    let text = await readFile(join(SHIPPED, 'pack.json'), 'utf8')
    for (const [from, to] of changes) {
      expect(text).toContain(from)
      text = text.replace(from, to)
    }
    await writeFile(join(folder, 'pack.json'), text)
    return (await checkPack(folder)).map(({ code }) => code)
  }

  it.each(WORLDS)('passes %s, every file of it', async (world) => {
    expect(await checkPack(fileURLToPath(new URL(world, PACKS)))).toEqual([])
  })

  it('names what the schema refuses', async () => {
    expect(await changed(['"schema": 1', '"schema": 2'])).toEqual(['schema'])
  })

  it('misses a file that is not there', async () => {
    expect(await changed(['plates/arena.jpg', 'plates/nowhere.jpg'])).toEqual(['file-missing'])
  })

  it('catches a plate of another size, music of another length and an occluder without alpha', async () => {
    expect(
      await changed(
        ['"width": 1080', '"width": 1000'],
        ['"durationMs": 15000', '"durationMs": 14000'],
        ['occluders/boards.webp', 'plates/arena.jpg'],
      ),
    ).toEqual(['picture-size', 'no-alpha', 'duration', 'duration', 'duration', 'duration'])
  })

  it('catches one stem of music that is shorter than the others', async () => {
    expect(await changed(['music/bass.m4a', 'sounds/hit.m4a'])).toEqual(['duration'])
  })

  it('opens the pictures of layers: one that covers needs alpha, one that shines does not', async () => {
    const layers = (blend: string) => `"layers": [{ "id": "near", "file": "plates/ice.jpg", "depth": 1.2, "blend": "${blend}" }]`
    expect(await changed(['"horizon": 0.555,', `"horizon": 0.555, ${layers('over')},`])).toEqual(['no-alpha'])
    expect(await changed(['"horizon": 0.555,', `"horizon": 0.555, ${layers('add')},`])).toEqual([])
  })

  it('refuses files and packs that are too heavy', async () => {
    await writeFile(join(folder, 'plates/heavy.jpg'), Buffer.alloc(9_000_000))
    expect(await changed(['plates/arena.jpg', 'plates/heavy.jpg'])).toEqual(['file-size', 'pack-size'])
  })
})
