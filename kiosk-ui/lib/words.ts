/** Every word the kiosk says, in every language, in the page itself: a language changes without asking anyone. */
import type { Language } from '@fanreel/protocol'
import ar from '../words/ar.json' with { type: 'json' }
import en from '../words/en.json' with { type: 'json' }
import it from '../words/it.json' with { type: 'json' }
import ja from '../words/ja.json' with { type: 'json' }

export type Words = typeof en
export const WORDS: Record<Language, Words> = { en, it, ar, ja }

/** Each language by its own name. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', it: 'Italiano', ar: 'العربية', ja: '日本語' }

declare module 'next-intl' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: next-intl is told of its words by merging this interface
  interface AppConfig {
    Messages: Words
    Locale: Language
  }
}
