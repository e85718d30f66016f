/** Every secret of an event grows from its one key: HKDF-SHA256 (RFC 5869) with a label for each purpose. */
import { hkdfSync } from 'node:crypto'

/**
 * Derives 32 bytes.
 * @param eventKey the event's key: 32 bytes as 64 hex digits
 * @param purpose what the bytes are for; other purposes give unrelated bytes
 * @throws Error where the key is not 64 hex digits
 */
export const deriveKey = (eventKey: string, purpose: 'seal' | 'sign-urls' | 'sign-packs' | 'short-codes' | 'push'): Buffer => {
  if (!/^[0-9a-f]{64}$/i.test(eventKey)) throw new Error('the event key must be 64 hex digits')
  return Buffer.from(hkdfSync('sha256', Buffer.from(eventKey, 'hex'), 'fanreel', purpose, 32))
}
