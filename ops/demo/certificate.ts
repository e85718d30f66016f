/**
 * A certificate of this machine's own (X.509 v3, ECDSA on P-256), so that a browser gives the camera and the share sheet to
 * pages from this machine. Browsers warn once, since nobody vouches for it. Made with Node alone, as RFC 5280 has it.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { bitString, boolean, identifier, integer, octetString, sequence, set, tagged, text, time } from './der.ts'

/** Apple's devices take no certificate that is good for longer than 825 days. */
const DAYS = 365
const DAY_MS = 86_400_000

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
} as const

const CONTEXT = { version: 0xa0, extensions: 0xa3, dnsName: 0x82, ipAddress: 0x87 } as const

export type Certificate = { cert: string; key: string }

const alternativeName = (name: string): Buffer =>
  isIP(name) === 4
    ? tagged(CONTEXT.ipAddress, Buffer.from(name.split('.').map(Number)))
    : tagged(CONTEXT.dnsName, Buffer.from(name, 'ascii'))

const extension = (oid: string, value: Buffer, critical = false): Buffer =>
  sequence(identifier(oid), ...(critical ? [boolean(true)] : []), octetString(value))

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`

/**
 * Signs a new key with itself.
 *
 * @param names host names and IPv4 addresses it stands for
 */
export const makeCertificate = (names: readonly string[], now: Date): Certificate => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(identifier(OID.ecdsaWithSha256))
  const holder = sequence(set(sequence(identifier(OID.commonName), text('Fanreel on this machine'))))
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const extensions = sequence(
    extension(OID.subjectAltName, sequence(...names.map(alternativeName))),
    extension(OID.basicConstraints, sequence(), true),
    extension(OID.extendedKeyUsage, sequence(identifier(OID.serverAuthentication))),
  )
  const body = sequence(
    tagged(CONTEXT.version, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    holder,
    sequence(time(new Date(now.getTime() - DAY_MS)), time(new Date(now.getTime() + DAYS * DAY_MS))),
    holder,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(CONTEXT.extensions, extensions),
  )
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, privateKey)))
  return { cert: pem('CERTIFICATE', certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

const isGoodFor = (cert: string, names: readonly string[], now: Date): boolean => {
  const certificate = new X509Certificate(cert)
  const stands = names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  return stands && new Date(certificate.validTo).getTime() - now.getTime() > DAY_MS
}

/** The certificate kept in `folder`, made anew when it does not stand for these names or is about to expire. */
export const keptCertificate = (folder: string, names: readonly string[], now = new Date()): Certificate => {
  const paths = { cert: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') }
  if (existsSync(paths.cert) && existsSync(paths.key)) {
    const kept = { cert: readFileSync(paths.cert, 'utf8'), key: readFileSync(paths.key, 'utf8') }
    if (isGoodFor(kept.cert, names, now) && createPrivateKey(kept.key).type === 'private') return kept
  }
  const made = makeCertificate(names, now)
  writeFileSync(paths.key, made.key, { mode: 0o600 })
  writeFileSync(paths.cert, made.cert)
  return made
}
