import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { createDiskStore } from './disk-store.ts'
import { describeMediaStore } from './media-store.conformance.ts'

const folders: string[] = []
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-store-'))
  folders.push(folder)
  return folder
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

describeMediaStore('a folder', async () => {
  const root = join(await newFolder(), 'media')
  const reopen = () => createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
  return { store: await reopen(), reopen }
})

describe('a folder as a media store', () => {
  let root: string
  beforeEach(async () => {
    root = join(await newFolder(), 'media')
  })

  it('U7: refuses to write below the floor of free space, and leaves nothing', async () => {
    const disk = await statfs(tmpdir())
    const store = await createDiskStore({ root, clock: systemClock, minFreeBytes: 3 * (disk.bavail * disk.bsize + 1e12) })
    expect(await store.freeBytes()).toBe(0)
    await expect(store.append('a/b', 0, Buffer.alloc(1))).rejects.toMatchObject({ code: 'disk-full', retryable: true })
    await expect(store.put('a/b', Buffer.alloc(1), { bytes: 1, sha256: '' })).rejects.toMatchObject({ code: 'disk-full' })
    await expect(store.ready()).rejects.toMatchObject({ code: 'disk-full' })
    expect(await store.stagedBytes('a/b')).toBe(0)
    expect(await readdir(join(root, 'incoming'))).toEqual([])
  })

  it('U7: takes films where it takes no more clips', async () => {
    const disk = await statfs(tmpdir())
    const store = await createDiskStore({ root, clock: systemClock, minFreeBytes: 1.5 * disk.bavail * disk.bsize })
    await expect(store.append('a/b', 0, Buffer.alloc(1))).rejects.toMatchObject({ code: 'disk-full' })
    const film = Buffer.from('film')
    const sha256 = createHash('sha256').update(film).digest('hex')
    await store.put('a/b', film, { bytes: film.length, sha256 })
    expect(await store.stat('a/b')).toMatchObject({ bytes: film.length })
    await store.ready(film.length)
    await expect(store.ready(disk.bavail * disk.bsize)).rejects.toMatchObject({ code: 'disk-full' })
  })

  it('A11: nobody else on the machine may read what it writes', async () => {
    const store = await createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
    await store.append('a/b', 0, Buffer.alloc(1))
    expect((await stat(join(root, 'staging/a/b'))).mode & 0o077).toBe(0)
    expect((await stat(join(root, 'staging/a'))).mode & 0o077).toBe(0)
  })

  it('U1: what a crash left half-written is removed at the next start', async () => {
    await createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
    const old = join(root, 'incoming/old')
    await writeFile(old, 'half')
    await writeFile(join(root, 'incoming/fresh'), 'another instance writes this now')
    const longAgo = new Date(Date.now() - 2 * 60 * 60_000)
    await utimes(old, longAgo, longAgo)
    await createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
    expect(await readdir(join(root, 'incoming'))).toEqual(['fresh'])
  })

  it('E2: what a crash left half-written of a visit goes with the visit, and nothing of others', async () => {
    const store = await createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
    const half = (key: string) => {
      const body = new PassThrough()
      const writing = store.put(key, body, { bytes: 9, sha256: 'a'.repeat(64) })
      writing.catch(() => undefined)
      body.write('half')
      return { body, writing }
    }
    const [gone, other] = [half('e/visits/v-1/renders/f/reel-1'), half('e/visits/v-2/clip-1')]
    await vi.waitFor(async () => expect(await readdir(join(root, 'incoming'))).toHaveLength(2))
    // As another process finds them, whose own these are not.
    const second = await createDiskStore({ root, clock: systemClock, minFreeBytes: 0 })
    expect(await second.removeAll('e/visits/v-1/renders/f/')).toBe(0)
    expect(await readdir(join(root, 'incoming'))).toHaveLength(2)
    expect(await second.removeAll('e/visits/v-1/')).toBe(1)
    expect(await readdir(join(root, 'incoming'))).toHaveLength(1)
    for (const { body, writing } of [gone, other]) {
      body.destroy()
      await expect(writing).rejects.toThrow()
    }
  })
})
