import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createEncoder, DIGITAL_SOURCE_TYPE, type EncoderOptions } from './encode.ts'
import { scratchFolder } from './scratch-folder.ts'

const folder = await scratchFolder()
const options = (name: string, more: Partial<EncoderOptions> = {}): EncoderOptions => ({
  path: join(folder, name),
  width: 320,
  height: 240,
  fps: 24,
  crf: 22,
  preset: 'ultrafast',
  signal: new AbortController().signal,
  ...more,
})
const frame = (luma: number) => new Uint8Array((320 * 240 * 3) / 2).fill(luma, 0, 320 * 240).fill(128, 320 * 240)
const tone = (name: string) => {
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'sine=r=48000:d=1', '-c:a', 'aac', join(folder, name)])
  return join(folder, name)
}

describe('createEncoder', () => {
  it('F8: writes what every phone plays, and that it is AI-generated: High, yuv420p, BT.709, AAC, the index in front', async () => {
    const encoder = await createEncoder(options('film.mp4', { audio: tone('tone.m4a'), preset: 'superfast' }))
    for (let i = 0; i < 24; i++) await encoder.write(frame(60 + i * 5))
    await encoder.finish()
    const shown = execFileSync('ffprobe', [
      '-v',
      'error',
      '-show_streams',
      '-show_format',
      '-count_frames',
      '-of',
      'json',
      join(folder, 'film.mp4'),
    ])
    const { streams, format } = JSON.parse(shown.toString())
    const [video, audio] = streams
    // Programs are told what people see in the picture's corner.
    expect(format.tags.comment).toContain(`digitalSourceType=${DIGITAL_SOURCE_TYPE}`)
    expect(video).toMatchObject({
      codec_name: 'h264',
      profile: 'High',
      pix_fmt: 'yuv420p',
      color_space: 'bt709',
      nb_read_frames: '24',
      avg_frame_rate: '24/1',
    })
    expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '48000' })
    const bytes = await readFile(join(folder, 'film.mp4'), 'latin1')
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'))
  })
  it('refuses a frame of another size', async () => {
    const stop = new AbortController()
    const encoder = await createEncoder(options('odd.mp4', { signal: stop.signal }))
    await expect(encoder.write(new Uint8Array(10))).rejects.toThrow(RangeError)
    stop.abort(new Error('done'))
    await expect(encoder.finish()).rejects.toThrow('done')
  })
  it('says so when ffmpeg cannot go on', async () => {
    await writeFile(join(folder, 'words.m4a'), 'no sound at all')
    const impossible = await createEncoder(options('none.mp4', { audio: join(folder, 'words.m4a') }))
    const write = async () => {
      for (let i = 0; i < 200; i++) await impossible.write(frame(1))
      await impossible.finish()
    }
    await expect(write()).rejects.toThrow('the encoder ended')
  })
})
