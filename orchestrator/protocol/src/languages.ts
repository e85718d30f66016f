/** The languages that every word a visitor can meet exists in. */
import { z } from 'zod'

export const LANGUAGES = ['en', 'it', 'ar', 'ja'] as const
export const Language = z.enum(LANGUAGES)
export type Language = z.infer<typeof Language>

/** Writing direction of a language. */
export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')
