/**
 * What is heard in a film, as captions (WebVTT): the music, the voice, the cheering, each at the times of the film's shot
 * list. Nobody has written down what was said, so the captions say that somebody speaks and claim no words (P20).
 */
import type { Language, ShotList } from '@fanreel/protocol'
import { wordsOf } from './words/words-of.ts'

type Sound = 'voice' | 'music' | 'cheering'

/** `00:00:04.500`, from a frame of the film. */
const timestamp = (frame: number, fps: number): string => new Date(Math.round((frame * 1000) / fps)).toISOString().slice(11, 23)

/**
 * @param shotList the director's decision for this film; music plays from its first frame to its last, and lies under the voice
 * @param cheers whether the film's world has a cheer: the mix lays it on the last shot
 */
export const captionsOf = (shotList: ShotList, language: Language, cheers: boolean): string => {
  const { fps, frames, shots } = shotList
  const { heard } = wordsOf(language).captions
  const last = shots.at(-1)
  const cues: { from: number; to: number; sound: Sound }[] = []
  const add = (from: number, to: number, sound: Sound) => {
    const before = cues.at(-1)
    if (before && before.sound === sound && before.to === from) before.to = to
    else if (to > from) cues.push({ from, to, sound })
  }
  for (const shot of shots) {
    const end = Math.min(frames, shot.startFrame + shot.frames)
    add(shot.startFrame, end, shot.voice ? 'voice' : shot === last && cheers ? 'cheering' : 'music')
  }
  const told = cues.map(({ from, to, sound }) => `${timestamp(from, fps)} --> ${timestamp(to, fps)}\n[${heard[sound]}]\n`)
  return ['WEBVTT\n', ...told].join('\n')
}
