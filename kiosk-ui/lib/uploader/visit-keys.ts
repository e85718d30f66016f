/** What a kiosk makes by itself, so that the QR code is there before any network: a visit's id and its pickup token. */
import type { PickupToken, VisitId } from '@fanreel/protocol'
import { uuidv7 } from 'uuidv7'

/** Crockford's base32: no I, L, O, U, so that a token read aloud is not misheard. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 16 bytes as 26 digits, most significant first; 128 bits leave the first digit below 8. */
export const toCrockford = (bytes: Uint8Array): string => {
  let value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  let text = ''
  for (let digit = 0; digit < 26; digit++) {
    text = DIGITS.charAt(Number(value & 31n)) + text
    value >>= 5n
  }
  return text
}

/** A fresh visit id (UUIDv7: sorts by time) and pickup token (128 random bits). */
export const newVisitKeys = (): { visitId: VisitId; pickupToken: PickupToken } => ({
  visitId: uuidv7(),
  pickupToken: toCrockford(crypto.getRandomValues(new Uint8Array(16))),
})
