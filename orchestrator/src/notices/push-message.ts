/**
 * One Web Push message: encrypted for the phone alone (RFC 8291, `aes128gcm` of RFC 8188) and signed by the event (VAPID,
 * RFC 8292). The push service in between learns an address of its own and nothing else.
 */
import { createCipheriv, createECDH, createPrivateKey, hkdfSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { deriveKey } from '../access/event-keys.ts'

export type PushKeys = {
  /** What a browser subscribes with: the uncompressed P-256 point, base64url. */
  publicKey: string
  privateKey: KeyObject
}

const CURVE = 'prime256v1'
const POINT_BYTES = 65
const AUTH_BYTES = 16
const SALT_BYTES = 16
const RECORD_BYTES = 4_096
/** Marks the last record (RFC 8188, section 2). */
const LAST_RECORD = Buffer.of(2)
/** VAPID tokens may live for 24 hours at most; push services dislike clocks that differ. */
const TOKEN_SECONDS = 12 * 3_600

/**
 * The event's VAPID keys. They grow from the event's key, which set-up makes once and keeps: every instance has the same
 * ones, and phones stay subscribed over any restart.
 * @throws Error where the key gives no point of the curve: once in four thousand million keys
 */
export const pushKeysOf = (eventKeyHex: string): PushKeys => {
  const ecdh = createECDH(CURVE)
  ecdh.setPrivateKey(deriveKey(eventKeyHex, 'push'))
  const point = ecdh.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
    d: ecdh.getPrivateKey().toString('base64url').padStart(43, 'A'),
  }
  return { publicKey: point.toString('base64url'), privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) }
}

/**
 * Encrypts for one subscription.
 * @param to the subscription's `p256dh` and `auth`, base64url
 * @param fixed only for the RFC's own example: the sender's private key and the salt
 * @throws Error where the keys are no keys
 */
export const encryptFor = (
  to: { p256dh: string; auth: string },
  plain: Buffer,
  fixed: { privateKey?: Buffer; salt?: Buffer } = {},
): Buffer => {
  const theirs = Buffer.from(to.p256dh, 'base64url')
  const auth = Buffer.from(to.auth, 'base64url')
  if (theirs.length !== POINT_BYTES || auth.length !== AUTH_BYTES) throw new Error('no keys of a push subscription')
  const ecdh = createECDH(CURVE)
  if (fixed.privateKey) ecdh.setPrivateKey(fixed.privateKey)
  else ecdh.generateKeys()
  const ours = ecdh.getPublicKey()
  const salt = fixed.salt ?? randomBytes(SALT_BYTES)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours])
  const material = Buffer.from(hkdfSync('sha256', ecdh.computeSecret(theirs), auth, info, 32))
  const derive = (what: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', material, salt, `Content-Encoding: ${what}\0`, bytes))
  const cipher = createCipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
  const body = Buffer.concat([cipher.update(Buffer.concat([plain, LAST_RECORD])), cipher.final(), cipher.getAuthTag()])
  const sizes = Buffer.alloc(5)
  sizes.writeUInt32BE(RECORD_BYTES, 0)
  sizes.writeUInt8(ours.length, 4)
  return Buffer.concat([salt, sizes, ours, body])
}

/**
 * The `Authorization` header for a push service.
 * @param subject whom the push service may write to: our public address
 * @param now milliseconds since the epoch
 */
export const vapidHeader = ({ publicKey, privateKey }: PushKeys, endpoint: string, subject: string, now: number): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor(now / 1_000) + TOKEN_SECONDS, sub: subject }
  const unsigned = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`
  const signature = sign('sha256', Buffer.from(unsigned), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `vapid t=${unsigned}.${signature.toString('base64url')}, k=${publicKey}`
}
