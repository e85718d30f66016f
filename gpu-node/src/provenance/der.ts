/** The few DER shapes (X.690) of which a certificate is made. Each answers with the whole encoded value. */

export const tagged = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const digits = body.length.toString(16)
  const length = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex')
  const head = body.length < 0x80 ? [tag, body.length] : [tag, 0x80 | length.length, ...length]
  return Buffer.concat([Buffer.from(head), body])
}

export const sequence = (...parts: Uint8Array[]): Buffer => tagged(0x30, ...parts)
export const set = (...parts: Uint8Array[]): Buffer => tagged(0x31, ...parts)
export const octetString = (bytes: Uint8Array): Buffer => tagged(0x04, bytes)
export const text = (value: string): Buffer => tagged(0x0c, Buffer.from(value, 'utf8'))
export const yes = (): Buffer => tagged(0x01, Buffer.from([0xff]))
/** @param unused bits at its end that do not count */
export const bitString = (bytes: Uint8Array, unused = 0): Buffer => tagged(0x03, Buffer.from([unused]), bytes)
/** A positive integer whose first bit is 0. */
export const integer = (bytes: Uint8Array): Buffer => tagged(0x02, bytes)
/** GeneralizedTime, to the second, in UTC. */
export const time = (at: Date): Buffer => tagged(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))

/** An object identifier such as `2.5.4.3`. */
export const identifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const digits = [part & 0x7f]
    for (let left = part >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    bytes.push(...digits)
  }
  return tagged(0x06, Buffer.from(bytes))
}
