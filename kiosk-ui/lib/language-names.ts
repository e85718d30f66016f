/** What is written in every language at once: each one's own name and greeting. */
import type { Language } from '@fanreel/protocol'

/** Each language by its own name. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: 'English',
  it: 'Italiano',
  fr: 'Français',
  de: 'Deutsch',
  es: 'Español',
  pt: 'Português',
  ar: 'العربية',
  ja: '日本語',
  ko: '한국어',
  zh: '简体中文',
}

/** What each language says first: nobody has to read another's. */
export const GREETINGS: Record<Language, string> = {
  en: 'Hello',
  it: 'Ciao',
  fr: 'Bonjour',
  de: 'Hallo',
  es: 'Hola',
  pt: 'Olá',
  ar: 'مرحبًا',
  ja: 'こんにちは',
  ko: '안녕하세요',
  zh: '你好',
}
