/** Seals what names or opens something of a visitor, so that Redis alone reveals neither names nor pickup tokens. Rule A6. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { Sealer } from './contract.ts'
import { deriveKey } from './event-keys.ts'

const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM with a fresh 96-bit nonce each time. Sealed text is base64url of version, nonce, tag and ciphertext.
 * @param options `eventKey` is 64 hex digits; `random` answers that many random bytes
 */
export const createSealer = (options: { eventKey: string; random?: (bytes: number) => Buffer }): Sealer => {
  const key = deriveKey(options.eventKey, 'seal')
  const random = options.random ?? randomBytes
  return {
    seal(plain, about) {
      const iv = random(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(about))
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < 1 + IV_BYTES + TAG_BYTES || bytes[0] !== VERSION)
        throw new AppError('internal', { detail: 'not a seal' })
      const iv = bytes.subarray(1, 1 + IV_BYTES)
      const tag = bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(about)).setAuthTag(tag)
      try {
        return decipher.update(bytes.subarray(1 + IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      } catch (cause) {
        throw new AppError('internal', { cause, detail: 'the seal does not fit' })
      }
    },
  }
}
