/**
 * The key with which an event signs its films, and the certificates that go with it (X.509 v3, ECDSA on P-256), made with
 * Node alone as RFC 5280 and the C2PA specification's certificate profile (section 14.5.1) have them: a root of the event's own, and
 * under it one for films. No trust list knows that root: a film shows that it is as it was made, and which event says so.
 */
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bitString, identifier, integer, octetString, sequence, set, tagged, text, time, yes } from './der.ts'

const DAY_MS = 86_400_000
/** An event is over long before; whoever opens its films years later still finds them signed in time. */
const DAYS = 3 * 365
/** A certificate with less left than this is made anew. */
const LEAST_DAYS = 30

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  organisation: '2.5.4.10',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  /** What C2PA's default configuration asks of a certificate that signs content. */
  emailProtection: '1.3.6.1.5.5.7.3.4',
} as const

/** A key and its certificates in DER, the film's first. */
export type FilmCredential = { key: KeyObject; chain: readonly Buffer[] }

type Keys = { publicKey: KeyObject; privateKey: KeyObject }
type Party = { name: string; keys: Keys }

const nameOf = (organisation: string, name: string) =>
  sequence(set(sequence(identifier(OID.organisation), text(organisation))), set(sequence(identifier(OID.commonName), text(name))))
const spkiOf = ({ publicKey }: Keys) => publicKey.export({ type: 'spki', format: 'der' })
/** RFC 5280, 4.2.1.2: the hash of the key's bits, which are the last 65 of its DER. */
const keyIdOf = (keys: Keys) => createHash('sha1').update(spkiOf(keys).subarray(-65)).digest()
const extension = (oid: string, value: Buffer, critical = false) =>
  sequence(identifier(oid), ...(critical ? [yes()] : []), octetString(value))

const certify = (organisation: string, subject: Party, issuer: Party, now: Date): Buffer => {
  const root = subject === issuer
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const algorithm = sequence(identifier(OID.ecdsaWithSha256))
  const extensions = sequence(
    extension(OID.basicConstraints, root ? sequence(yes()) : sequence(), true),
    // The root signs certificates (bit 5), the film's key signs content (bit 0).
    extension(OID.keyUsage, root ? bitString(Buffer.from([0x04]), 2) : bitString(Buffer.from([0x80]), 7), true),
    extension(OID.subjectKeyIdentifier, octetString(keyIdOf(subject.keys))),
    ...(root
      ? []
      : [
          extension(OID.extendedKeyUsage, sequence(identifier(OID.emailProtection))),
          extension(OID.authorityKeyIdentifier, sequence(tagged(0x80, keyIdOf(issuer.keys)))),
        ]),
  )
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    nameOf(organisation, issuer.name),
    sequence(time(new Date(now.getTime() - DAY_MS)), time(new Date(now.getTime() + DAYS * DAY_MS))),
    nameOf(organisation, subject.name),
    spkiOf(subject.keys),
    tagged(0xa3, extensions),
  )
  return sequence(body, algorithm, bitString(sign('sha256', body, issuer.keys.privateKey)))
}

/** Makes a root for an organisation and a key for its films. The root's own key is thrown away: it signs nothing else. */
export const makeCredential = (organisation: string, now: Date): FilmCredential => {
  const party = (name: string): Party => ({ name, keys: generateKeyPairSync('ec', { namedCurve: 'P-256' }) })
  const root = party('Root of the event')
  const films = party('Films of the event')
  return {
    key: films.keys.privateKey,
    chain: [certify(organisation, films, root, now), certify(organisation, root, root, now)],
  }
}

const toPem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

/**
 * The credential kept in `folder` (`films.key.pem`, readable by nobody else, and `films.chain.pem`, the film's certificate
 * first); made there where none is, or where it is about to expire. One from an authority is put there by hand.
 */
export const keptCredential = (folder: string, organisation: string, now = new Date()): FilmCredential => {
  const paths = { key: join(folder, 'films.key.pem'), chain: join(folder, 'films.chain.pem') }
  if (existsSync(paths.key) && existsSync(paths.chain)) {
    const parts = readFileSync(paths.chain, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    const certificates = parts.map((part) => new X509Certificate(part))
    const [first] = certificates
    const key = createPrivateKey(readFileSync(paths.key))
    if (first?.checkPrivateKey(key) && new Date(first.validTo).getTime() - now.getTime() > LEAST_DAYS * DAY_MS)
      return { key, chain: certificates.map((certificate) => certificate.raw) }
  }
  const made = makeCredential(organisation, now)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(paths.key, made.key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  writeFileSync(paths.chain, made.chain.map(toPem).join(''))
  return made
}
