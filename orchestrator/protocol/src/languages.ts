/** The languages that every word a visitor can meet exists in. */
import { z } from 'zod'

/** `zh` is simplified Chinese; `pt` is written as in Brazil, and read in Portugal. */
export const LANGUAGES = ['en', 'it', 'fr', 'de', 'es', 'pt', 'ar', 'ja', 'ko', 'zh'] as const
export const Language = z.enum(LANGUAGES)
export type Language = z.infer<typeof Language>

/** Writing direction of a language. */
export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')
