/** The words of a language, and what a visitor is told of a failure in it. */
import { CLIP_WORDS, ClipCode, type Language, type VisitCode } from '@fanreel/protocol'
import { ar } from './ar.ts'
import { en } from './en.ts'
import { it } from './it.ts'
import { ja } from './ja.ts'
import type { PickupWords } from './pickup-words.ts'

const WORDS: Record<Language, PickupWords> = { en, it, ar, ja }

export const wordsOf = (language: Language): PickupWords => WORDS[language]

/** One sentence for each code a visit may fail with. */
export const failureSentence = (language: Language, code: VisitCode): string => {
  const words: Record<string, string> = wordsOf(language).failures
  const clip = ClipCode.safeParse(code)
  return clip.success ? CLIP_WORDS[language][clip.data] : (words[code] ?? wordsOf(language).kinds.failed.text)
}
