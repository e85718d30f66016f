/**
 * Signs pack manifests, so that a node or kiosk that fetched one from anywhere knows it is the event's own. Ed25519
 * (RFC 8032) over the 32 bytes of the manifest's SHA-256; signature in base64, public key as base64 of its SPKI DER.
 */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { SignedManifest } from '@fanreel/content-packs/schema'
import { deriveKey } from '../access/event-keys.ts'

export type PackSigner = { readonly publicKey: string; sign(manifestJson: string): SignedManifest }

/** PKCS#8 head of an Ed25519 private key (RFC 8410); the 32 bytes of the seed follow. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** @param options `eventKey` is 64 hex digits: the signing key grows from it, so every instance of the event has the same */
export const createPackSigner = (options: { eventKey: string }): PackSigner => {
  const der = Buffer.concat([PKCS8_HEAD, deriveKey(options.eventKey, 'sign-packs')])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64')
  return {
    publicKey,
    sign: (manifestJson) => ({
      manifestJson,
      signature: sign(null, createHash('sha256').update(manifestJson).digest(), privateKey).toString('base64'),
      publicKey,
    }),
  }
}
