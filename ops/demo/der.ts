/** The few DER shapes (X.690) of which a certificate is made. Each answers with the whole encoded value. */

const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  identifier: 0x06,
  text: 0x0c,
  sequence: 0x30,
  set: 0x31,
  time: 0x18,
} as const

export const tagged = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const digits = body.length.toString(16)
  const length = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body])
}

export const sequence = (...parts: Uint8Array[]): Buffer => tagged(TAG.sequence, ...parts)
export const set = (...parts: Uint8Array[]): Buffer => tagged(TAG.set, ...parts)
export const octetString = (bytes: Uint8Array): Buffer => tagged(TAG.octetString, bytes)
export const bitString = (bytes: Uint8Array): Buffer => tagged(TAG.bitString, Buffer.from([0]), bytes)
export const text = (value: string): Buffer => tagged(TAG.text, Buffer.from(value, 'utf8'))
export const boolean = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]))

/** An unsigned integer; a leading zero keeps it from reading as negative. */
export const integer = (bytes: Uint8Array): Buffer =>
  tagged(TAG.integer, (bytes[0] ?? 0) & 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes)

/** GeneralizedTime, to the second, in UTC. */
export const time = (at: Date): Buffer => tagged(TAG.time, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))

/** An object identifier such as `2.5.4.3`. */
export const identifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const digits = [part & 0x7f]
    for (let left = part >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    bytes.push(...digits)
  }
  return tagged(TAG.identifier, Buffer.from(bytes))
}
