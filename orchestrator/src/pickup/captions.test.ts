import { LANGUAGES, type Shot, ShotList } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { shotListOf } from '../../../tests/support/made-reel.ts'
import { captionsOf } from './captions.ts'
import { wordsOf } from './words/words-of.ts'

const [sample] = ShotList.parse(JSON.parse(shotListOf().toString())).shots
/** Shots one after the other, each so many frames long. */
const filmOf = (...shots: [frames: number, voice: boolean][]): ShotList => {
  let at = 0
  const list = shots.map(([frames, voice]): Shot => {
    const startFrame = at
    at += frames
    return { ...(sample as Shot), startFrame, frames, voice }
  })
  return { ...ShotList.parse(JSON.parse(shotListOf().toString())), shots: list, frames: at }
}

describe('captions', () => {
  it('P20: name music, voice and cheering at the times of the shot list, without a gap', () => {
    expect(captionsOf(filmOf([36, false], [48, false], [85, true], [100, false]), 'en', true)).toBe(
      [
        'WEBVTT\n',
        '00:00:00.000 --> 00:00:03.500\n[Music]\n',
        '00:00:03.500 --> 00:00:07.042\n[Speaking]\n',
        '00:00:07.042 --> 00:00:11.208\n[Music and cheering]\n',
      ].join('\n'),
    )
  })
  it('P20: name no cheering where the world has none, and none over a voice', () => {
    expect(captionsOf(filmOf([36, false], [48, false]), 'en', false)).not.toContain('cheering')
    expect(captionsOf(filmOf([36, false], [48, true]), 'en', true)).not.toContain('cheering')
  })
  it('P20: speak every language', () => {
    for (const language of LANGUAGES) {
      const text = captionsOf(filmOf([36, false], [48, true], [20, false]), language, true)
      for (const heard of Object.values(wordsOf(language).captions.heard)) expect(text).toContain(`[${heard}]`)
    }
  })
})
