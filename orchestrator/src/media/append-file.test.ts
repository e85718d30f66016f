import { createHash } from 'node:crypto'
import { type FileHandle, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAppendFile } from './append-file.ts'

const ROOM = Promise.resolve()
let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fanreel-append-'))
  path = join(folder, 'visit', 'upload')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Real files, but for their sync, which waits for the test. */
const heldSyncs = () => {
  const waiting: { finish: () => void; fail: (error: Error) => void }[] = []
  const slowOpen = async (...args: Parameters<typeof open>) => {
    const file = await open(...args)
    return new Proxy(file, {
      get: (target: FileHandle, name: keyof FileHandle) => {
        if (name === 'datasync')
          return () =>
            new Promise<void>((resolve, reject) => {
              waiting.push({ finish: () => target.datasync().then(resolve, reject), fail: reject })
            })
        const value: unknown = target[name]
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
  return { waiting, slowOpen: slowOpen as typeof open }
}
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

it('U1: a piece counts only after a sync that began behind its write, which those beside it share', async () => {
  const { waiting, slowOpen } = heldSyncs()
  const file = createAppendFile(path, { open: slowOpen })
  const landed: number[] = []
  const put = async (at: number) => {
    const { landed: promise } = await file.write(at * 10, Buffer.alloc(10, at), ROOM)
    void promise.then(() => landed.push(at))
  }
  await put(0)
  await until(() => waiting.length === 1)
  for (const at of [1, 2, 3]) await put(at)
  expect((await stat(path)).size).toBe(40)
  expect(landed).toEqual([])
  waiting[0]?.finish()
  await until(() => waiting.length === 2)
  expect(landed).toEqual([0])
  waiting[1]?.finish()
  await file.settled()
  expect(landed).toEqual([0, 1, 2, 3])
  expect(waiting).toHaveLength(2)
})

it('U1: where a sync fails, what it was to cover is cut off again, and nothing goes on before', async () => {
  const { waiting, slowOpen } = heldSyncs()
  const file = createAppendFile(path, { open: slowOpen })
  const put = (offset: number) => file.write(offset, Buffer.alloc(10, offset), ROOM)
  const first = await put(0)
  await until(() => waiting.length === 1)
  waiting[0]?.finish()
  await first.landed
  const lost = await Promise.all([put(10)])
  await until(() => waiting.length === 2)
  const behind = await put(20)
  const outcomes = Promise.allSettled([...lost, behind].map(({ landed }) => landed))
  waiting[1]?.fail(Object.assign(new Error('disk'), { code: 'EIO' }))
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await file.settled()
  expect((await readFile(path)).length).toBe(10)
  await expect(put(20)).rejects.toMatchObject({ code: 'offset-mismatch' })
  const again = await put(10)
  await until(() => waiting.length === 3)
  waiting[2]?.finish()
  await again.landed
  expect((await readFile(path)).length).toBe(20)
})

it('U5: knows the hash of what passed through it, and of nothing that was written by others', async () => {
  const file = createAppendFile(path)
  const bytes = Buffer.from('0123456789')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await (await file.write(0, bytes.subarray(0, 4), ROOM)).landed
  await (await file.write(4, bytes.subarray(4), ROOM)).landed
  expect(await file.hashed()).toBe(sha256)
  // Another file under the same name, as another instance would begin it anew.
  const other = join(folder, 'other')
  await writeFile(other, bytes)
  await rename(other, path)
  expect(await file.hashed()).toBeUndefined()
  // What lay there before is not known either.
  const later = createAppendFile(path)
  await (await later.write(10, bytes, ROOM)).landed
  expect(await later.hashed()).toBeUndefined()
})

it('U5: what passed through here says nothing of another file of the same name, length and inode', async () => {
  const file = createAppendFile(path)
  await (await file.write(0, Buffer.from('true'), ROOM)).landed
  expect(await file.hashed()).toBe(createHash('sha256').update('true').digest('hex'))
  // Another instance begins anew, and brings other bytes; many systems give the inode that is free to the next file.
  await rm(path)
  await writeFile(path, 'lies')
  expect(await file.hashed()).toBeUndefined()
})
