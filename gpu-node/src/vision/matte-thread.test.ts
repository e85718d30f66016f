/** The matte's thread: gives what the matte itself gives, takes the next clip after this one, and leaves nothing when stopped. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decode } from '../media/decode.ts'
import { probe } from '../media/probe.ts'
import { SAMPLE_VISITOR } from '../verify/short-film.fixture.ts'
import { openCutouts } from './cutouts.ts'
import { createMatter, type Matte } from './matte.ts'
import { startMatte } from './matte-thread.ts'
import { loadModels, type Models } from './models/load-models.ts'

const size = { width: 180, height: 320 }
const region = { x: 0, y: 0, ...size }
const FACE = { x: 60, y: 40, width: 60, height: 60 }

let models: Models
const pictures: Uint8Array[] = []
let folder: string
beforeAll(async () => {
  models = await loadModels()
  const clip = await probe(SAMPLE_VISITOR)
  if (!clip.ok) throw new Error(clip.code)
  const decoded = await decode(clip, { signal: new AbortController().signal, size, maxMs: 500 })
  for await (const data of decoded.frames) pictures.push(data.slice())
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-matte-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const begin = () => startMatte(models.segmentationFile, { size, region, folder })
const cutAll = async (run: Awaited<ReturnType<typeof begin>>) => {
  for (const picture of pictures) {
    const room = await run.room()
    room.set(picture)
    run.cut(FACE, [])
  }
}

describe('the matte in its thread', () => {
  it('cuts out what the matte itself does, frame by frame, more of them than it has room for', async () => {
    const run = await begin()
    await cutAll(run)
    const { frames, cutouts } = await run.finish()
    expect(frames.length).toBe(pictures.length)
    expect(cutouts?.parts.length).toBe(pictures.length)
    const reader = openCutouts(cutouts!)
    const { box } = cutouts!
    const frame = new Uint8Array(box.width * box.height * 4)
    const matter = await createMatter(models, size, region)
    let index = 0
    const compare = ({ alpha }: Matte) => {
      reader.read(index++, frame)
      for (let at = 0; at < box.width * box.height; at += 97) {
        const [x, y] = [box.x + (at % box.width), box.y + Math.floor(at / box.width)]
        if (alpha[y * size.width + x]! >= 8) expect(frame[4 * at + 3]).toBe(alpha[y * size.width + x])
      }
    }
    for (const [at, picture] of pictures.entries()) {
      const slot = at % matter.slots.length
      matter.picture(slot).set(picture)
      const matte = await matter.push(slot, FACE, [])
      if (matte) compare(matte)
    }
    for (let matte = matter.flush(); matte; matte = matter.flush()) compare(matte)
    expect(index).toBe(pictures.length)
    reader.close()
  })

  it('stopped half way leaves nothing, and the next clip goes well', async () => {
    const stopped = await begin()
    await stopped.room()
    stopped.cut(FACE, [])
    await stopped.discard()
    await stopped.discard()
    expect(await readdir(folder)).toEqual([])
    const run = await begin()
    await cutAll(run)
    expect((await run.finish()).cutouts?.parts.length).toBe(pictures.length)
    await run.discard()
    expect(await readdir(folder)).toEqual([])
  })

  it('stopped while the cut-outs are laid on the disk leaves nothing either', async () => {
    const run = await begin()
    await cutAll(run)
    const finishing = run.finish()
    await run.discard()
    await finishing
    expect(await readdir(folder)).toEqual([])
  })

  it('says so when the thread ends', async () => {
    const gone = new URL('data:text/javascript,process.exit(3)')
    await expect(startMatte({ ...models.segmentationFile }, { size, region, folder }, gone)).rejects.toThrow('ended with 3')
  })
})
