/** Every word the kiosk says, in every language, in the page itself: a language changes without asking anyone. */
import type { Language } from '@fanreel/protocol'
import ar from '../words/ar.json' with { type: 'json' }
import de from '../words/de.json' with { type: 'json' }
import en from '../words/en.json' with { type: 'json' }
import es from '../words/es.json' with { type: 'json' }
import fr from '../words/fr.json' with { type: 'json' }
import it from '../words/it.json' with { type: 'json' }
import ja from '../words/ja.json' with { type: 'json' }
import ko from '../words/ko.json' with { type: 'json' }
import pt from '../words/pt.json' with { type: 'json' }
import zh from '../words/zh.json' with { type: 'json' }

export type Words = typeof en
export const WORDS: Record<Language, Words> = { en, it, fr, de, es, pt, ar, ja, ko, zh }

declare module 'next-intl' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: next-intl is told of its words by merging this interface
  interface AppConfig {
    Messages: Words
    Locale: Language
  }
}
