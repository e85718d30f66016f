/**
 * What the schema cannot say: references that must resolve, texts that must exist in every language, a story that fits
 * its music, shots that must differ. Pure: takes a parsed pack, returns findings; nothing here touches a file.
 */
import type { Pack, PackText } from '../schema/index.ts'

/** A fault of a pack: a code to act on, and where and what in words. */
export type Finding = { code: FindingCode; detail: string }

export type FindingCode =
  | 'schema'
  | 'folder-name'
  | 'duplicate-id'
  | 'unknown-plate'
  | 'unknown-view'
  | 'crop-outside'
  | 'text-missing'
  | 'name-mark'
  | 'story-length'
  | 'shots-alike'
  | 'framings'
  | 'file-missing'
  | 'file-size'
  | 'pack-size'
  | 'picture-size'
  | 'no-alpha'
  | 'duration'
  | 'not-silent'

/** Texts in which `{name}` must appear; in all others it must not. */
const NAMED = new Set(['film.titleWithName', 'film.lowerThirdWithName'])

/** The fewest shots and framings a film has, from the product's definition of a film. */
const MIN_FRAMINGS = 3

/** Room, in milliseconds, by which the story may be longer or shorter than the music. */
const STORY_SLACK_MS = 1500

const textsOf = (pack: Pack): [string, PackText][] => [
  ['title', pack.title],
  ['tagline', pack.tagline],
  ['prompt', pack.prompt],
  ...Object.entries(pack.film).map(([key, text]): [string, PackText] => [`film.${key}`, text]),
]

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
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

const viewFindings = (pack: Pack): Finding[] => {
  const plates = new Set(pack.plates.map((plate) => plate.id))
  return pack.views.flatMap((view) => {
    const inside = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) =>
      width > 0 && height > 0 && x + width <= 1.0001 && y + height <= 1.0001
    return [
      ...(plates.has(view.plate)
        ? []
        : [{ code: 'unknown-plate', detail: `view ${view.id} names plate ${view.plate}` } as const]),
      ...(inside(view.crop) ? [] : [{ code: 'crop-outside', detail: `crop of view ${view.id} leaves its plate` } as const]),
      ...(!view.screen || inside(view.screen)
        ? []
        : [{ code: 'crop-outside', detail: `screen of view ${view.id} leaves its plate` } as const]),
    ]
  })
}

const storyFindings = (pack: Pack): Finding[] => {
  const views = new Set(pack.views.map((view) => view.id))
  const storyMs = (pack.story.reduce((beats, slot) => beats + slot.beats, 0) * 60_000) / pack.music.bpm
  const musicMs = pack.music.durationMs - pack.music.firstBeatMs
  const alike = (['view', 'camera', 'treatment'] as const).flatMap((part) =>
    repeated(pack.story.map((slot) => slot[part])).map((value) => `${part} ${value}`),
  )
  return [
    ...pack.story
      .filter((slot) => !views.has(slot.view))
      .map((slot): Finding => ({ code: 'unknown-view', detail: `shot ${slot.id} names view ${slot.view}` })),
    ...alike.map((what): Finding => ({ code: 'shots-alike', detail: `two shots share ${what}` })),
    ...(new Set(pack.story.map((slot) => slot.framing)).size < MIN_FRAMINGS
      ? [{ code: 'framings', detail: `fewer than ${MIN_FRAMINGS} framings` } as const]
      : []),
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

/** Every fault of `pack` that can be seen without opening its files. */
export const packFindings = (pack: Pack): Finding[] => [
  ...(['plates', 'views', 'story'] as const).flatMap((list) =>
    repeated(pack[list].map((item) => item.id)).map(
      (id): Finding => ({ code: 'duplicate-id', detail: `${list} has ${id} twice` }),
    ),
  ),
  ...textFindings(pack),
  ...viewFindings(pack),
  ...storyFindings(pack),
]
