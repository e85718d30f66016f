/**
 * What the schema cannot say: all for which a pack would be left out, and besides texts that must exist in every language,
 * a story that fits its music, shots that must differ. Pure: takes a parsed pack, returns findings; nothing here touches a file.
 */
import { type PackFault, packFaults, repeated } from '../schema/faults.ts'
import type { Pack, PackText } from '../schema/index.ts'

/** A fault of a pack: a code to act on, and where and what in words. */
export type Finding = { code: FindingCode; detail: string }

export type FindingCode =
  | PackFault['code']
  | 'schema'
  | 'folder-name'
  | 'text-missing'
  | 'name-mark'
  | 'story-length'
  | 'music-marks'
  | 'shots-alike'
  | 'file-missing'
  | 'file-size'
  | 'pack-size'
  | 'picture-size'
  | 'no-alpha'
  | 'duration'
  | 'not-silent'

/** Texts in which `{name}` must appear; in all others it must not. */
const NAMED = new Set(['film.titleWithName', 'film.lowerThirdWithName'])

/** Room, in milliseconds, by which the story may be longer or shorter than the music. */
const STORY_SLACK_MS = 1500

const textsOf = (pack: Pack): [string, PackText][] => [
  ['title', pack.title],
  ['tagline', pack.tagline],
  ['prompt', pack.prompt],
  ...Object.entries(pack.film).map(([key, text]): [string, PackText] => [`film.${key}`, text]),
]

const textFindings = (pack: Pack): Finding[] => {
  const languages = Object.keys(pack.title)
  return textsOf(pack).flatMap(([key, text]) => {
    const missing = languages.filter((language) => !text[language]?.trim())
    const wrong = Object.entries(text).filter(([, words]) => words.includes('{name}') !== NAMED.has(key))
    return [
      ...missing.map((language): Finding => ({ code: 'text-missing', detail: `${key} has no words in ${language}` })),
      ...wrong.map(
        ([language]): Finding => ({
          code: 'name-mark',
          detail: `${key} in ${language} ${NAMED.has(key) ? 'lacks' : 'must not have'} {name}`,
        }),
      ),
    ]
  })
}

const storyFindings = (pack: Pack): Finding[] => {
  const storyMs = (pack.story.reduce((beats, slot) => beats + slot.beats, 0) * 60_000) / pack.music.bpm
  const musicMs = pack.music.durationMs - pack.music.firstBeatMs
  const alike = (['view', 'camera', 'treatment'] as const).flatMap((part) =>
    repeated(pack.story.map((slot) => slot[part])).map((value) => `${part} ${value}`),
  )
  return [
    ...alike.map((what): Finding => ({ code: 'shots-alike', detail: `two shots share ${what}` })),
    ...(Math.abs(storyMs - musicMs) > STORY_SLACK_MS
      ? [
          {
            code: 'story-length',
            detail: `the story lasts ${Math.round(storyMs)} ms, the music ${Math.round(musicMs)} ms`,
          } as const,
        ]
      : []),
  ]
}

/** Room, in milliseconds, by which the beats that the marks count may miss the music's length. */
const MARKS_SLACK_MS = 100

const musicFindings = ({ music }: Pack): Finding[] => {
  if (!music.marks) return []
  const countedMs = music.firstBeatMs + (music.marks.beats * 60_000) / music.bpm
  if (Math.abs(countedMs - music.durationMs) <= MARKS_SLACK_MS) return []
  return [
    {
      code: 'music-marks',
      detail: `${music.marks.beats} beats end at ${Math.round(countedMs)} ms, the music at ${music.durationMs} ms`,
    },
  ]
}

/** Every fault of `pack` that can be seen without opening its files. */
export const packFindings = (pack: Pack): Finding[] => [
  ...packFaults(pack),
  ...textFindings(pack),
  ...storyFindings(pack),
  ...musicFindings(pack),
]
