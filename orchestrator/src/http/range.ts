/** The `Range` header (RFC 9110, section 14): what phones need before they play a film. Rule P6. */
import type { ByteRange } from '../media/media-store.ts'

/**
 * Reads a `Range` header for an object of `bytes` bytes.
 * @returns `whole` where there is no usable range (another unit, several ranges, nonsense: all may be ignored), a range
 *   whose end is inclusive and inside the object, or `unsatisfiable`, which is answered with 416
 */
export const parseRange = (header: string | undefined, bytes: number): ByteRange | 'whole' | 'unsatisfiable' => {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  if (!match) return 'whole'
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return 'whole'
  if (first === '') {
    // A suffix: the last so many bytes.
    const length = Math.min(Number(last), bytes)
    return length === 0 ? 'unsatisfiable' : { start: bytes - length, end: bytes - 1 }
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return 'whole'
  if (start >= bytes) return 'unsatisfiable'
  return { start, end: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) }
}
