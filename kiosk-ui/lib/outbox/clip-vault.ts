/**
 * Recordings on the kiosk's disk. Every piece is sealed with AES-GCM before it is written, by a key that the browser
 * keeps and never hands out (not even to this page): whoever takes the disk's files takes noise. Pieces are written as
 * the recorder yields them, so that sending needs no second copy and a power cut loses nothing that was sent.
 */
import type { VisitId } from '@fanreel/protocol'
import { type DBSchema, openDB } from 'idb'
import { type ClipVault, HeldVisit } from './held-visit.ts'

type Sealed = { iv: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer }
type Schema = DBSchema & {
  keys: { key: string; value: CryptoKey }
  pieces: { key: [takeId: string, index: number]; value: Sealed }
  visits: { key: VisitId; value: Sealed }
}

const ALGORITHM = 'AES-GCM'
const IV_BYTES = 12

/** Opens the vault; makes its key at the first start. @throws DOMException where the browser grants no storage */
export const openClipVault = async (): Promise<ClipVault> => {
  const db = await openDB<Schema>('fanreel-kiosk', 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore('keys')
      fresh.createObjectStore('pieces')
      fresh.createObjectStore('visits')
    },
  })
  const made = await crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ['encrypt', 'decrypt'])
  // A key that a power cut took away would leave clips that nobody can read.
  const deed = db.transaction('keys', 'readwrite', { durability: 'strict' })
  const key = (await deed.store.get('clips')) ?? made
  if (key === made) await deed.store.put(made, 'clips')
  await deed.done

  const seal = async (plain: ArrayBuffer | Uint8Array<ArrayBuffer>, about: string): Promise<Sealed> => {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
    const additionalData = new TextEncoder().encode(about)
    return { iv, sealed: await crypto.subtle.encrypt({ name: ALGORITHM, iv, additionalData }, key, plain) }
  }
  const unseal = async ({ iv, sealed }: Sealed, about: string): Promise<Uint8Array<ArrayBuffer>> => {
    const additionalData = new TextEncoder().encode(about)
    return new Uint8Array(await crypto.subtle.decrypt({ name: ALGORITHM, iv, additionalData }, key, sealed))
  }
  /** On the disk when it resolves, and not only in a buffer of the system's: the plug may be pulled a moment later. */
  const put = async <Name extends 'pieces' | 'visits'>(name: Name, value: Sealed, at: Schema[Name]['key']): Promise<void> => {
    const write = db.transaction(name, 'readwrite', { durability: 'strict' })
    await Promise.all([write.store.put(value, at), write.done])
  }
  const wholeTake = (takeId: string) => IDBKeyRange.bound([takeId, 0], [takeId, Number.MAX_SAFE_INTEGER])

  const readVisit = async (visitId: VisitId): Promise<HeldVisit | undefined> => {
    const row = await db.get('visits', visitId)
    if (!row) return undefined
    try {
      return HeldVisit.parse(JSON.parse(new TextDecoder().decode(await unseal(row, visitId))))
    } catch {
      // Sealed by a key that is gone, cut by a power failure, or of another version: nobody can send it any more.
      await db.delete('visits', visitId)
      return undefined
    }
  }
  const held = async (): Promise<HeldVisit[]> => {
    const visits = await Promise.all((await db.getAllKeys('visits')).map(readVisit))
    return visits.filter((visit) => visit !== undefined)
  }
  const drop = (takeId: string) => db.delete('pieces', wholeTake(takeId))

  return {
    async append(takeId, index, piece) {
      await put('pieces', await seal(await piece.arrayBuffer(), `${takeId}:${index}`), [takeId, index])
    },
    async read(takeId) {
      const rows = await db.getAll('pieces', wholeTake(takeId))
      const pieces = await Promise.all(rows.map((row, index) => unseal(row, `${takeId}:${index}`)))
      return new Uint8Array(await new Blob(pieces).arrayBuffer())
    },
    drop,
    async hold(visit) {
      const { visitId } = visit.visit
      await put('visits', await seal(new TextEncoder().encode(JSON.stringify(visit)), visitId), visitId)
    },
    held,
    async letGo(visitId) {
      const visit = await readVisit(visitId)
      if (visit) await drop(visit.takeId)
      await db.delete('visits', visitId)
    },
    async sweep() {
      const kept = new Set((await held()).map(({ takeId }) => takeId))
      const stray = new Set((await db.getAllKeys('pieces')).map(([takeId]) => takeId).filter((takeId) => !kept.has(takeId)))
      for (const takeId of stray) await drop(takeId)
    },
  }
}
