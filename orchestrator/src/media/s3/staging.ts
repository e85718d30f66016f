/**
 * Uploads on their way in: one object a piece, so that any instance goes on where another stopped (S1, U12). A piece is
 * written first and looked at then: one whose predecessor is gone by that time was written while its upload was being
 * deleted, and goes too. So whoever deletes until nothing is listed leaves nothing behind.
 */
import { Readable } from 'node:stream'
import { AppError } from '../../errors.ts'
import { createTurns } from '../turns.ts'
import type { Listed } from './answers.ts'
import type { Bucket } from './bucket.ts'
import { type Piece, pieceName, type Run, runOf } from './pieces.ts'

export type Staging = {
  append(stagingId: string, offset: number, piece: Uint8Array): Promise<number>
  bytes(stagingId: string): Promise<number>
  /** Hands the whole upload to `work` and deletes it when that is done; nobody appends meanwhile. */
  use(stagingId: string, work: (bytes: number, read: () => Readable) => Promise<void>): Promise<void>
  discard(stagingId: string): Promise<void>
  untouchedSince(before: number): AsyncIterable<string>
  /** Whatever is known here of uploads under the prefix holds no more. */
  forget(prefix: string): void
}

/** Uploads whose end is remembered. */
const REMEMBERED = 2_000
/** Pieces that are fetched ahead while a clip is composed. */
const AHEAD = 4

type End = Pick<Run, 'bytes'> & { last: Piece | undefined }

/** Reads pieces one after the other, the next few fetched meanwhile. */
const inOrder = async function* (bucket: Bucket, pieces: readonly Piece[]): AsyncGenerator<Buffer> {
  const fetch = async ({ key }: Piece) => Buffer.concat(await (await bucket.read(key)).toArray())
  const fetched: Promise<Buffer>[] = []
  for (const [at, piece] of pieces.entries()) {
    while (fetched.length <= Math.min(at + AHEAD, pieces.length - 1)) {
      const next = pieces[fetched.length]
      if (!next) break
      const coming = fetch(next)
      // Waited for below, unless an earlier one has failed.
      coming.catch(() => undefined)
      fetched.push(coming)
    }
    yield (await fetched[at]) ?? (await fetch(piece))
    // Nothing of it is needed any more.
    fetched[at] = Promise.resolve(Buffer.alloc(0))
  }
}

/** @param root where the uploads lie in the bucket; ends in `/` */
export const createStaging = (bucket: Bucket, root: string): Staging => {
  const turns = createTurns()
  const ends = new Map<string, End>()
  const folder = (stagingId: string) => `${root}${stagingId}/`

  const look = async (stagingId: string): Promise<Run> => {
    const objects: Listed[] = []
    for await (const object of bucket.list(folder(stagingId))) objects.push(object)
    return runOf(objects)
  }
  const remember = (stagingId: string, end: End): End => {
    ends.delete(stagingId)
    ends.set(stagingId, end)
    const oldest = ends.keys().next()
    if (ends.size > REMEMBERED && !oldest.done) ends.delete(oldest.value)
    return end
  }
  const endOf = async (stagingId: string): Promise<End> => {
    const { bytes, pieces } = await look(stagingId)
    return remember(stagingId, { bytes, last: pieces.at(-1) })
  }

  const append = async (stagingId: string, offset: number, bytes: Uint8Array): Promise<number> => {
    const known = ends.get(stagingId)
    // Another instance may have gone on with it.
    const end = known?.bytes === offset ? known : await endOf(stagingId)
    if (end.bytes !== offset) throw new AppError('offset-mismatch')
    // Until it is known to be there, nothing is known.
    ends.delete(stagingId)
    const key = `${folder(stagingId)}${pieceName(offset, bytes.length)}`
    await bucket.put(key, bytes)
    if (end.last && !(await bucket.head(end.last.key))) {
      await bucket.remove(key)
      throw new AppError('offset-mismatch')
    }
    const reached = offset + bytes.length
    remember(stagingId, { bytes: reached, last: { key, at: offset, bytes: bytes.length } })
    return reached
  }

  const discard = async (stagingId: string): Promise<void> => {
    ends.delete(stagingId)
    await bucket.empty(folder(stagingId))
  }

  return {
    append: (stagingId, offset, piece) => turns.run(stagingId, () => append(stagingId, offset, piece)),
    bytes: async (stagingId) => (await look(stagingId)).bytes,
    use: (stagingId, work) =>
      turns.run(stagingId, async () => {
        const { bytes, pieces } = await look(stagingId)
        await work(bytes, () => Readable.from(inOrder(bucket, pieces), { objectMode: false }))
        await discard(stagingId)
      }),
    discard: (stagingId) => turns.run(stagingId, () => discard(stagingId)),
    async *untouchedSince(before) {
      // A listing is in order: what belongs together comes together.
      let current: { id: string; newest: number } | undefined
      for await (const { key, modifiedAt } of bucket.list(root)) {
        const id = key.slice(root.length, key.lastIndexOf('/'))
        if (current?.id === id) {
          current.newest = Math.max(current.newest, modifiedAt)
          continue
        }
        if (current && current.newest < before) yield current.id
        current = { id, newest: modifiedAt }
      }
      if (current && current.newest < before) yield current.id
    },
    forget: (prefix) => {
      for (const stagingId of ends.keys()) if (stagingId.startsWith(prefix)) ends.delete(stagingId)
    },
  }
}
