/** The examples that Amazon publishes for S3 signatures, with the keys that stand there. */
import { describe, expect, it } from 'vitest'
import { EMPTY, presign, signHeaders, UNSIGNED } from './sign.ts'

const identity = {
  region: 'us-east-1',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const at = Date.UTC(2013, 4, 24)
const url = (path: string) => new URL(path, 'https://examplebucket.s3.amazonaws.com')
const signatureIn = (headers: Record<string, string>) => /Signature=([0-9a-f]+)$/.exec(headers.authorization ?? '')?.[1]

describe('signatures as Amazon has published them', () => {
  it('S3: of a part of an object', () => {
    const request = { method: 'GET', url: url('/test.txt'), headers: { range: 'bytes=0-9' }, payload: EMPTY }
    expect(signatureIn(signHeaders(identity, request, at))).toBe(
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    )
  })

  it('S3: of an object that is put, with a key that must be encoded', () => {
    const payload = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072'
    const headers = { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' }
    expect(signatureIn(signHeaders(identity, { method: 'PUT', url: url('/test$file.text'), headers, payload }, at))).toBe(
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    )
  })

  it('S3: of a listing', () => {
    const request = { method: 'GET', url: url('/?max-keys=2&prefix=J'), payload: EMPTY }
    expect(signatureIn(signHeaders(identity, request, at))).toBe(
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    )
  })

  it('S3: of an address that is good for a day', () => {
    const address = presign(identity, { method: 'GET', url: url('/test.txt'), payload: UNSIGNED }, at, 86_400_000)
    expect(new URL(address).searchParams.get('X-Amz-Signature')).toBe(
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    )
  })
})
