/**
 * Where clips, reels and packs lie. Keys are paths of lower-case letters, digits, `-`, `_`, `.` and `/`:
 * `<eventId>/visits/<visitId>/<kind>-<sha256>` for what belongs to a visitor (so that erasing is one prefix),
 * `packs/<sha256>` for what belongs to a world.
 */
import type { Readable } from 'node:stream'

export type ByteRange = { start: number; end: number }

/** What an address is for; `put` says what may be written there. */
export type AddressGrant = {
  method: 'GET' | 'PUT'
  key: string
  /** Milliseconds since the epoch, by our clock. */
  expiresAt: number
  put?: { bytes: number; sha256: string; mime: string }
}

/** A store that nodes reach by themselves. Nobody looks on while they write, so what they bring is looked at afterwards (S3). */
export type Direct = {
  /** An absolute address. */
  sign(grant: AddressGrant): string
  /** A write that began on an address in time may end so much later than the address, in milliseconds. */
  readonly lateMs: number
}

export type MediaStore = {
  /** The store's own id, made when it was first used. An orchestrator whose Redis knows another refuses to start. */
  storeId(): Promise<string>
  /** Bytes that may still be written before back-pressure begins; as many as there are numbers where nobody knows. @throws AppError where the store does not answer */
  freeBytes(): Promise<number>

  /** Appends to a staged upload. Durable when it resolves. @throws AppError `offset-mismatch`, `disk-full` */
  append(stagingId: string, offset: number, piece: Uint8Array): Promise<number>
  /** Durable bytes of a staged upload; 0 where there is none. */
  stagedBytes(stagingId: string): Promise<number>
  /** Checks length and SHA-256 of a staged upload and makes it an object, atomically. @throws AppError `length-mismatch`, `hash-mismatch` */
  publish(stagingId: string, key: string, expected: { bytes: number; sha256: string }): Promise<void>
  discard(stagingId: string): Promise<void>
  /** Staged uploads untouched since `before` (milliseconds since the epoch). */
  stagedBefore(before: number): AsyncIterable<string>

  /** Writes an object whole, atomically, checking length and hash. @throws AppError `length-mismatch`, `hash-mismatch`, `disk-full` */
  put(key: string, body: Readable | Uint8Array, expected: { bytes: number; sha256: string }): Promise<void>
  stat(key: string): Promise<{ bytes: number; modifiedAt: number } | undefined>
  /** @throws AppError `object-unknown` */
  read(key: string, range?: ByteRange): Promise<Readable>
  /** Keys of the objects under `prefix`, which ends in `/`. */
  list(prefix: string): AsyncIterable<string>
  /** Deletes one object; nothing happens where there is none. */
  remove(key: string): Promise<void>
  /** Deletes every object whose key starts with `prefix` (which ends in `/`), staged ones included; answers how many. */
  removeAll(prefix: string): Promise<number>
  /** Deletes the objects under `prefix` but those kept: whole keys, and whatever lies under one that ends in `/`. Answers how many. */
  removeBut(prefix: string, kept: readonly string[]): Promise<number>

  /** Resolves while the store may be written and has room for an object of so many bytes. @throws AppError `unavailable`, `overloaded`, `disk-full` */
  ready(bytes?: number): Promise<void>
  /** Absent where everything goes through the front door. */
  direct?: Direct
}
