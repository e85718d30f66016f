import { expect, it } from 'vitest'
import { sniffClip } from './container.ts'

const ebml = (docType: string) =>
  Buffer.concat([
    Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282', 'hex'),
    Buffer.of(0x80 | docType.length),
    Buffer.from(docType),
    Buffer.alloc(40),
  ])
const ftyp = (brand: string) => Buffer.concat([Buffer.from('00000018', 'hex'), Buffer.from(`ftyp${brand}`), Buffer.alloc(12)])

it('U11: knows the containers that cameras make by their first bytes', () => {
  expect(sniffClip(ebml('webm'))).toBe('video/webm')
  expect(sniffClip(ebml('matroska'))).toBe('video/x-matroska')
  for (const brand of ['isom', 'mp42', 'iso5', 'M4V ']) expect(sniffClip(ftyp(brand)), brand).toBe('video/mp4')
  expect(sniffClip(ftyp('qt  '))).toBe('video/quicktime')
})

it('U11: everything else is no clip', () => {
  const others = [
    '',
    '\0',
    '<svg',
    '%PDF-1.7',
    'GIF89a<script>',
    '#EXTM3U',
    'ffconcat version 1.0',
    'RIFF\0\0\0\0AVI ',
    '\x89PNG\r\n',
    'PK\x03\x04',
    'OggS',
  ]
  for (const text of others) expect(sniffClip(Buffer.from(text, 'latin1')), text).toBeUndefined()
  for (const brand of ['heic', 'avif', 'mif1']) expect(sniffClip(ftyp(brand)), brand).toBeUndefined()
  expect(sniffClip(ebml('else'))).toBeUndefined()
  expect(sniffClip(Buffer.from('1a45dfa3', 'hex'))).toBeUndefined()
})
