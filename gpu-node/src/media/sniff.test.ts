import { describe, expect, it } from 'vitest'
import { containerOf } from './sniff.ts'

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part)))

describe('containerOf', () => {
  it('knows an MP4 by its first box, whatever its length', () => {
    expect(containerOf(bytes([0, 0, 0, 32], 'ftypisom'))).toBe('mov')
    expect(containerOf(bytes([0, 0, 0, 8], 'moov....'))).toBe('mov')
  })
  it('knows WebM and Matroska by the EBML mark', () =>
    expect(containerOf(bytes([0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0]))).toBe('matroska'))
  it.each([
    ['a playlist', '#EXTM3U\n#EXT-X'],
    ['a concat script', 'ffconcat version 1.0'],
    ['a web page', '<!DOCTYPE html>'],
    ['an AVI', 'RIFF....AVI LIST'],
    ['nothing', ''],
  ])('does not take %s', (_, text) => expect(containerOf(bytes(text))).toBeUndefined())
})
