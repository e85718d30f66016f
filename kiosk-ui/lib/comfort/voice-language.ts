/** Which of the kiosk's languages a voice speaks. */
import type { Language } from '@fanreel/protocol'

/** Mandarin is `zh` to Chromium's own voices and `cmn` to espeak-ng's (ISO 639-3). */
const ALSO: Partial<Record<Language, string>> = { zh: 'cmn' }

/** @param voice the voice's language as BCP 47 says it, `en-GB`: its first part decides, so that Konkani (`kok`) is no Korean (`ko`) */
export const speaks = (voice: string, language: Language): boolean => {
  const [first] = voice.toLowerCase().split(/[-_]/)
  return first === language || (first !== undefined && first === ALSO[language])
}
