/** The words of a language, and what a visitor is told of a failure in it. */
import { CLIP_WORDS, ClipCode, directionOf, type Language, type VisitCode, type VisitState } from '@fanreel/protocol'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { it } from './it.ts'
import { ja } from './ja.ts'
import { ko } from './ko.ts'
import type { PickupWords } from './pickup-words.ts'
import { pt } from './pt.ts'
import { zh } from './zh.ts'

const WORDS = { en, it, ar, ja, fr, de, es, pt, ko, zh } as const
/** Whatever the protocol calls a language has words here. */
const known: Record<Language, PickupWords> = WORDS

export const wordsOf = (language: Language): PickupWords => known[language]

/** One sentence for each code a visit may fail with. */
export const failureSentence = (language: Language, code: VisitCode): string => {
  const words: Record<string, string> = wordsOf(language).failures
  const clip = ClipCode.safeParse(code)
  return clip.success ? CLIP_WORDS[language][clip.data] : (words[code] ?? wordsOf(language).kinds.failed.text)
}

/** What a phone says that asked to be told. */
export const noticeWords = (language: Language, state: VisitState) => {
  const { ready, readyText, other, otherText } = wordsOf(language).tell
  const direction = directionOf(language)
  return state === 'ready' ? { title: ready, text: readyText, direction } : { title: other, text: otherText, direction }
}
