/** What a kiosk takes over of the event's look, and what it names and leaves. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OWN_COLOURS } from '@fanreel/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GET } from '../../app/brand/[file]/route.ts'
import { readBrand, readBrandPicture } from './read-brand.ts'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'

describe("an event's look on the kiosk", () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanreel-kiosk-brand-'))
    vi.stubEnv('FANREEL_BRAND', join(folder, 'brand'))
    await mkdir(join(folder, 'brand'))
    await writeFile(join(folder, 'brand', 'logo.svg'), SVG)
    await writeFile(join(folder, 'brand', 'hall.jpg'), 'picture')
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })
  const write = (brand: unknown) => writeFile(join(folder, 'brand', 'brand.json'), JSON.stringify(brand))
  const fetched = async (file: string) => {
    const answer = await GET(new Request('http://127.0.0.1/brand'), { params: Promise.resolve({ file }) })
    return [answer.status, answer.headers.get('content-type')]
  }

  it('P19: is none where no folder is named', async () => {
    vi.stubEnv('FANREEL_BRAND', '')
    expect([await readBrand(), await readBrandPicture('logo.svg')]).toEqual([undefined, undefined])
  })
  it('P19: is taken over with its pictures, and no other file of its folder is given out', async () => {
    await write({ name: 'The Games', logo: 'logo.svg', background: 'hall.jpg' })
    expect(await readBrand()).toMatchObject({ name: 'The Games', logo: 'logo.svg', background: 'hall.jpg', refused: [] })
    expect([await fetched('logo.svg'), await fetched('hall.jpg')]).toEqual([
      [200, 'image/svg+xml'],
      [200, 'image/jpeg'],
    ])
    for (const other of ['brand.json', '../brand/logo.svg', 'undefined', '']) expect((await fetched(other))[0], other).toBe(404)
  })
  it('P19: a picture that is not there is named, and our own stays in its place', async () => {
    await write({ name: 'The Games', logo: 'none.svg', background: 'gone.jpg' })
    const brand = await readBrand()
    expect([brand?.name, brand?.logo, brand?.background]).toEqual(['The Games', undefined, undefined])
    expect(brand?.refused).toEqual([
      'logo none.svg: there is no such file beside brand.json',
      'background gone.jpg: there is no such file beside brand.json',
    ])
    expect((await fetched('gone.jpg'))[0]).toBe(404)
  })
  it('P19: a picture that is a link out of the folder is refused; one that stays inside is followed', async () => {
    await writeFile(join(folder, 'secret'), 'a token')
    await symlink(join(folder, 'secret'), join(folder, 'brand', 'out.svg'))
    await symlink('hall.jpg', join(folder, 'brand', 'in.jpg'))
    await write({ name: 'The Games', logo: 'out.svg', background: 'in.jpg' })
    expect(await readBrand()).toMatchObject({ background: 'in.jpg', refused: ['logo out.svg: leads out of the folder'] })
    expect([(await fetched('out.svg'))[0], (await fetched('in.jpg'))[0]]).toEqual([404, 200])
  })
  it('P19: a malformed file, a folder that is not there and a picture that is a folder leave the kiosk as it is', async () => {
    await writeFile(join(folder, 'brand', 'brand.json'), '{ "name": ')
    expect(await readBrand()).toMatchObject({
      name: 'Fanreel',
      colours: OWN_COLOURS,
      refused: [expect.stringMatching(/^brand\.json: /)],
    })
    await mkdir(join(folder, 'brand', 'dir.svg'))
    await write({ name: 'x', logo: 'dir.svg' })
    expect((await readBrand())?.refused).toEqual(['logo dir.svg: cannot be read (EISDIR)'])
    vi.stubEnv('FANREEL_BRAND', join(folder, 'nowhere'))
    expect((await readBrand())?.refused).toEqual([expect.stringMatching(/^brand\.json: ENOENT/)])
  })
})
