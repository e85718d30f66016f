import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createCanvas } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { pictureHead } from './picture-head.ts'

const shipped = (file: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`../../../content-packs/figure-skating/${file}`, import.meta.url))))
const canvas = createCanvas(321, 57)
canvas.getContext('2d').fillRect(0, 0, 100, 20)
/** The head of a WebP with its features in front: flags, then both sides less one in 24 bits. */
const extended = (width: number, height: number) => {
  const bytes = Buffer.alloc(30)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(22, 4)
  bytes.write('WEBPVP8X', 8)
  bytes.writeUIntLE(width - 1, 24, 3)
  bytes.writeUIntLE(height - 1, 27, 3)
  return bytes
}

const PICTURES: [string, Uint8Array, ReturnType<typeof pictureHead>][] = [
  ['a JPEG', shipped('plates/arena.jpg'), { kind: 'jpeg', width: 1080, height: 1920 }],
  ['a progressive JPEG', shipped('plates/tunnel.jpg'), { kind: 'jpeg', width: 1080, height: 1920 }],
  ['a PNG', canvas.toBuffer('image/png'), { kind: 'png', width: 321, height: 57 }],
  ['a WebP', shipped('layers/lens-lights.webp'), { kind: 'webp', width: 270, height: 480 }],
  ['a WebP with alpha', shipped('layers/onlookers.webp'), { kind: 'webp', width: 600, height: 330 }],
  ['a WebP that claims to be huge', extended(1 << 24, 70_000), { kind: 'webp', width: 1 << 24, height: 70_000 }],
]

describe('pictureHead', () => {
  it.each(PICTURES)('knows %s and its size', (_, bytes, head) => expect(pictureHead(bytes)).toEqual(head))

  it.each(PICTURES)('does not take a part of %s', (_, bytes) => {
    for (const length of [0, 1, 4, 12, 24, 29, bytes.length >> 1, bytes.length - 1])
      expect(pictureHead(bytes.subarray(0, length)), String(length)).toBeUndefined()
  })

  it.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'],
    ['a GIF', 'GIF89a................................'],
    ['a BMP', 'BM....................................'],
    ['a playlist', '#EXTM3U\n#EXT-X-VERSION:3\n................'],
  ])('does not take %s', (_, text) => expect(pictureHead(Buffer.from(text))).toBeUndefined())

  it('comes to an end whatever follows a JPEG’s first bytes', () => {
    const wild = Uint8Array.from([0xff, 0xd8, ...Array.from({ length: 200 }, () => [0xff, 0xe0, 0, 0]).flat(), 0xff, 0xd9])
    expect(pictureHead(wild)).toBeUndefined()
  })
})
