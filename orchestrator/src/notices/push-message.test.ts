import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encryptFor, pushKeysOf, vapidHeader } from './push-message.ts'
import { isPushService } from './push-services.ts'

const bytes = (text: string) => Buffer.from(text, 'base64url')

describe('a push message', () => {
  it('P18: is encrypted as in the example of RFC 8291, section 5', () => {
    const to = {
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    }
    const fixed = {
      privateKey: bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
      salt: bytes('DGv6ra1nlYgDCS1FRnbzlw'),
    }
    const message = encryptFor(to, Buffer.from('When I grow up, I want to be a watermelon'), fixed)
    expect(message.toString('base64url')).toBe(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    )
    for (const bad of [
      { p256dh: 'AA', auth: to.auth },
      { p256dh: to.p256dh, auth: '' },
    ])
      expect(() => encryptFor(bad, Buffer.from('x'))).toThrow()
  })

  it('P18: is signed by the event, for one service, for half a day', () => {
    const keys = pushKeysOf('ab'.repeat(32))
    expect(pushKeysOf('ab'.repeat(32)).publicKey).toBe(keys.publicKey)
    expect(pushKeysOf('cd'.repeat(32)).publicKey).not.toBe(keys.publicKey)
    const header = vapidHeader(keys, 'https://push.example/one/secret', 'https://film.example', 1_000_000_000_000)
    const [, token = '', key] = /^vapid t=([^,]+), k=(.+)$/.exec(header) ?? []
    expect(key).toBe(keys.publicKey)
    const [head = '', claims = '', signature = ''] = token.split('.')
    expect(JSON.parse(bytes(claims).toString())).toEqual({
      aud: 'https://push.example',
      exp: 1_000_043_200,
      sub: 'https://film.example',
    })
    const proof = { key: createPublicKey(keys.privateKey), dsaEncoding: 'ieee-p1363' as const }
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), proof, bytes(signature))).toBe(true)
  })

  it('P18: goes to services that browsers use, and to nothing in the venue’s own network', () => {
    const services = ['https://fcm.googleapis.com', 'https://*.push.apple.com']
    for (const good of ['https://fcm.googleapis.com/fcm/send/x', 'https://web.push.apple.com/x'])
      expect(isPushService(good, services), good).toBe(true)
    for (const bad of [
      'http://fcm.googleapis.com/x',
      'https://fcm.googleapis.com:8443/x',
      'https://fcm.googleapis.com.evil.example/x',
      'https://evil.example/https://fcm.googleapis.com',
      'https://push.apple.com.evil.example/x',
      'https://evilpush.apple.com/x',
      'https://user@fcm.googleapis.com/x',
      'https://127.0.0.1/x',
      'http://169.254.169.254/latest',
    ])
      expect(isPushService(bad, services), bad).toBe(false)
  })
})
