/**
 * From a mix to the film's sound track: brought to its loudness, packed as AAC, and listened to as a phone will unpack it.
 * AAC may rise above what it was given, by how much depends on the sound; where it does, the mix is limited further (F12).
 */
import { startFfmpeg } from '../media/ffmpeg.ts'
import { MEDIA_LIMITS } from '../media/limits.ts'
import { normaliseLoudness, truePeak } from './loudness.ts'
import { readSound, type Sound, writeWav } from './pcm.ts'

/** Integrated loudness of a film, LUFS. */
export const TARGET_LUFS = -14
/** True peak that no film's track exceeds once unpacked, dBTP. */
export const CEILING_DBTP = -1
/** Where the limiter aims first, dBTP: most sounds rise by less than this leaves them. */
const FIRST_AIM_DBTP = -2.2
const MOST_TRIES = 4
/** What the ceiling may be missed by after the last try, dB; what is let out is judged by the same (`verify.ts`). */
export const CEILING_SLACK_DB = 0.3

/** A mix that no try has brought under its ceiling: neither the clip's fault nor this machine's. */
export class SoundUnfit extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SoundUnfit'
  }
}

// The fast coder takes half the time, and at this rate keeps speech better (measured: 3 dB nearer between 1.2 and 4 kHz).
const pack = async (wav: string, path: string, signal: AbortSignal): Promise<void> => {
  const child = await startFfmpeg({
    inputs: [{ file: wav, options: ['-f', 'wav', '-protocol_whitelist', 'file'] }],
    outputs: [
      { file: path, options: ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '192k', '-map_metadata', '-1', '-f', 'mp4', '-y'] },
    ],
    timeoutMs: MEDIA_LIMITS.ENCODE_MS,
    signal,
  })
  child.stdin.end()
  child.stdout.resume()
  const end = await child.ended
  signal.throwIfAborted()
  if (end.code !== 0) throw new Error(`the sound could not be packed: ${end.stderr.slice(0, 300)}`)
}

/**
 * Writes `mix` (changed in place) as an AAC track in the MP4 `path`. Throws where ffmpeg failed, SoundUnfit where the
 * last try still rises above the ceiling (verify would refuse the film), or the signal's reason on abort.
 */
export const sealSound = async (path: string, mix: Sound, signal: AbortSignal, mostTries = MOST_TRIES): Promise<void> => {
  const wav = `${path}.wav`
  let aim = FIRST_AIM_DBTP
  for (let tries = 1; ; tries++) {
    normaliseLoudness(mix, TARGET_LUFS, aim)
    await writeWav(wav, mix)
    await pack(wav, path, signal)
    const excess = truePeak(await readSound({ file: path, input: ['-f', 'mov'], channels: 2 }, signal)) - CEILING_DBTP
    if (excess <= 0) return
    if (tries >= mostTries) {
      if (excess <= CEILING_SLACK_DB) return
      throw new SoundUnfit(`true peaks stay ${excess.toFixed(1)} dB above the ceiling, packed ${tries} times`)
    }
    aim -= excess + 0.3
  }
}
