/**
 * Reads FlatBuffers without a compiled schema: a table's fields by number, vectors, strings. Enough for TFLite files, in
 * which every table is described by its schema's field order. https://flatbuffers.dev/internals/
 */

/** A table's position in the file; 0 stands for "absent". */
export type Table = number

export class FlatBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** The root table. */
  root(): Table {
    return this.view.getUint32(0, true)
  }

  /** Where field `index` of a table lies; 0 where it is left at its default. */
  private at(table: Table, index: number): number {
    if (table === 0) return 0
    const fields = table - this.view.getInt32(table, true)
    const slot = 4 + 2 * index
    if (slot >= this.view.getUint16(fields, true)) return 0
    const offset = this.view.getUint16(fields + slot, true)
    return offset === 0 ? 0 : table + offset
  }

  int8(table: Table, index: number, fallback = 0): number {
    const at = this.at(table, index)
    return at === 0 ? fallback : this.view.getInt8(at)
  }

  int32(table: Table, index: number, fallback = 0): number {
    const at = this.at(table, index)
    return at === 0 ? fallback : this.view.getInt32(at, true)
  }

  /** A table that a field points to. */
  table(table: Table, index: number): Table {
    const at = this.at(table, index)
    return at === 0 ? 0 : at + this.view.getUint32(at, true)
  }

  private vector(table: Table, index: number): { length: number; start: number } {
    const at = this.table(table, index)
    return at === 0 ? { length: 0, start: 0 } : { length: this.view.getUint32(at, true), start: at + 4 }
  }

  tables(table: Table, index: number): Table[] {
    const { length, start } = this.vector(table, index)
    return Array.from({ length }, (_, item) => start + 4 * item + this.view.getUint32(start + 4 * item, true))
  }

  int32s(table: Table, index: number): number[] {
    const { length, start } = this.vector(table, index)
    return Array.from({ length }, (_, item) => this.view.getInt32(start + 4 * item, true))
  }

  byteVector(table: Table, index: number): Uint8Array {
    const { length, start } = this.vector(table, index)
    return this.bytes.subarray(start, start + length)
  }

  string(table: Table, index: number): string {
    return new TextDecoder().decode(this.byteVector(table, index))
  }
}
