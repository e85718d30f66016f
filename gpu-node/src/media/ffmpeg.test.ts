import { describe, expect, it } from 'vitest'
import { composeArguments, untrusted } from './ffmpeg.ts'

describe('composeArguments', () => {
  const composed = composeArguments({
    inputs: [{ file: '/clips/-x.mp4', options: untrusted('mov') }],
    outputs: [{ stdout: true, options: ['-f', 'rawvideo'] }],
  })
  it('puts every guard before the file it guards', () => {
    const file = composed.indexOf('file:/clips/-x.mp4')
    for (const guard of ['-protocol_whitelist', '-format_whitelist', '-codec_whitelist', '-max_pixels', '-max_streams', '-f']) {
      expect(composed.indexOf(guard)).toBeGreaterThan(-1)
      expect(composed.indexOf(guard)).toBeLessThan(file)
    }
    expect(composed[file - 1]).toBe('-i')
  })
  it('never lets a path stand bare', () => expect(composed).not.toContain('/clips/-x.mp4'))
  it('forces the container that was sniffed', () => expect(untrusted('matroska').join(' ')).toContain('-f matroska'))
})
