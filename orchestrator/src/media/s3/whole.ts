/** Lets a stream through but for its last bytes, which follow when length and SHA-256 are right: who writes it writes it whole or not at all. */
import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { AppError } from '../../errors.ts'

/** Ends with `length-mismatch` or `hash-mismatch` where the stream is not what was expected. */
export const wholeOnly = (expected: { bytes: number; sha256: string }): Transform => {
  const hash = createHash('sha256')
  let bytes = 0
  let held: Buffer | undefined
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length
      if (bytes > expected.bytes) return done(new AppError('length-mismatch'))
      hash.update(piece)
      const before = held
      held = piece
      done(null, before)
    },
    flush(done) {
      if (bytes !== expected.bytes) return done(new AppError('length-mismatch'))
      if (hash.digest('hex') !== expected.sha256) return done(new AppError('hash-mismatch'))
      done(null, held)
    },
  })
}
