/** A COSE signature (RFC 9052) of one signer with its certificates in it (RFC 9360), as C2PA wants it over a claim. */
import { sign } from 'node:crypto'
import type { FilmCredential } from './credential.ts'

/** Major types of CBOR (RFC 8949). */
const CBOR = { unsigned: 0, bytes: 2, text: 3, array: 4, map: 5, tag: 6 } as const
const NULL = Buffer.from([0xf6])
/** COSE_Sign1; ECDSA with SHA-256 is algorithm -7, which CBOR writes as 0x26; header 33 is the chain of certificates. */
const SIGN1 = 18
const ES256 = Buffer.from([0x26])
const HEADER = { algorithm: 1, chain: 33 } as const

const head = (major: number, value: number): Buffer => {
  if (value < 24) return Buffer.from([(major << 5) | value])
  if (value < 0x100) return Buffer.from([(major << 5) | 24, value])
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff])
}
const bytes = (value: Uint8Array) => Buffer.concat([head(CBOR.bytes, value.length), value])
const text = (value: string) => Buffer.concat([head(CBOR.text, Buffer.byteLength(value)), Buffer.from(value)])
const array = (...items: Buffer[]) => Buffer.concat([head(CBOR.array, items.length), ...items])
const pairs = (...items: Buffer[]) => Buffer.concat([head(CBOR.map, items.length / 2), ...items])

/**
 * Signs `payload` (kept apart from the signature) and pads the result to exactly `size` bytes, for which room was made before
 * anybody could know it.
 * @throws RangeError where the certificates leave no room
 */
export const coseSign1 = (payload: Uint8Array, { key, chain }: FilmCredential, size: number): Buffer => {
  const guarded = bytes(
    pairs(head(CBOR.unsigned, HEADER.algorithm), ES256, head(CBOR.unsigned, HEADER.chain), array(...chain.map(bytes))),
  )
  const toSign = array(text('Signature1'), guarded, bytes(Buffer.alloc(0)), Buffer.concat([longHead(payload.length), payload]))
  const signature = sign('sha256', toSign, { key, dsaEncoding: 'ieee-p1363' })
  const whole = (padding: number) =>
    Buffer.concat([
      head(CBOR.tag, SIGN1),
      array(guarded, pairs(text('pad'), bytes(Buffer.alloc(padding))), NULL, bytes(signature)),
    ])
  // From 256 bytes of padding on its own length takes the same room.
  const padding = size - whole(256).length + 256
  if (padding < 256) throw new RangeError(`a signature of ${size} bytes has no room for these certificates`)
  return whole(padding)
}

const longHead = (length: number): Buffer => {
  if (length < 0x10000) return head(CBOR.bytes, length)
  const four = Buffer.alloc(5)
  four[0] = (CBOR.bytes << 5) | 26
  four.writeUInt32BE(length, 1)
  return four
}
