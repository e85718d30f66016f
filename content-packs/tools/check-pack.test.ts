import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesOf } from '../schema/files.ts'
import { Pack } from '../schema/index.ts'
import { checkPack } from './check-pack.ts'
import { probeFile } from './probe-file.ts'

const PACKS = new URL('../', import.meta.url)
const SHIPPED = fileURLToPath(new URL('figure-skating', PACKS))
const WORLDS = readdirSync(PACKS).filter((name) => existsSync(new URL(`${name}/pack.json`, PACKS)))

/** The files of a world and of its copy are the same: each is opened once. */
const probes = new Map<string, ReturnType<typeof probeFile>>()
const probeOnce: typeof probeFile = (path) => {
  const name = path.split(sep).slice(-3).join('/')
  const probe = probes.get(name) ?? probeFile(path)
  probes.set(name, probe)
  return probe
}

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
    return (await checkPack(folder, probeOnce)).map(({ code }) => code)
  }

  it.each(WORLDS)('passes %s, every file of it', async (world) => {
    expect(await checkPack(fileURLToPath(new URL(world, PACKS)), probeOnce)).toEqual([])
  })

  it('finds no file of one world in another, and every world in the same languages', async () => {
    const owners = new Map<string, string>()
    const languages = new Set<string>()
    for (const world of WORLDS) {
      const folder = fileURLToPath(new URL(world, PACKS))
      const pack = Pack.parse(JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8')))
      languages.add(Object.keys(pack.title).sort().join(' '))
      for (const file of filesOf(pack)) {
        const digest = createHash('sha256')
          .update(await readFile(join(folder, file)))
          .digest('hex')
        expect(owners.get(digest) ?? world, file).toBe(world)
        owners.set(digest, world)
      }
    }
    expect(WORLDS.length).toBeGreaterThan(1)
    expect([...languages]).toHaveLength(1)
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
        ['"durationMs": 15000', '"durationMs": 14900'],
        ['occluders/boards.webp', 'plates/arena.jpg'],
      ),
    ).toEqual(['picture-size', 'no-alpha', 'duration', 'duration', 'duration', 'duration'])
  })

  it('catches one stem of music that is shorter than the others', async () => {
    expect(await changed(['music/bass.m4a', 'sounds/hit.m4a'])).toEqual(['duration'])
  })

  it('opens the pictures of layers: one that covers needs alpha, one that shines does not', async () => {
    expect(await changed(['"file": "layers/lens-lights.webp"', '"file": "plates/ice.jpg"'])).toEqual([])
    expect(await changed(['"file": "layers/onlookers.webp"', '"file": "plates/ice.jpg"'])).toEqual(['no-alpha'])
  })

  it('refuses files and packs that are too heavy', async () => {
    await writeFile(join(folder, 'plates/heavy.jpg'), Buffer.alloc(9_000_000))
    expect(await changed(['plates/arena.jpg', 'plates/heavy.jpg'])).toEqual(['file-size', 'pack-size'])
  })
})
