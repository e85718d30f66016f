/** The text a visitor agrees to: built in one place, shown word for word, and named in the receipt by its hash. */
import type { ConsentPurpose, Language } from '@fanreel/protocol'
import { createTranslator } from 'next-intl'
import { sha256Hex } from '../uploader/index.ts'
import { WORDS } from '../words.ts'

export type ConsentTerms = { eventName: string; keepDays: number; seconds: number; purposes: readonly ConsentPurpose[] }
export type ConsentTick = { id: ConsentPurpose | 'age'; text: string; required: boolean }
export type ConsentText = { title: string; sections: { heading: string; text: string }[]; ticks: ConsentTick[] }

export const consentText = (language: Language, terms: ConsentTerms): ConsentText => {
  const t = createTranslator({ locale: language, messages: WORDS[language], namespace: 'consent' })
  const cloud = terms.purposes.includes('cloud')
  return {
    title: t('title'),
    sections: [
      { heading: t('what'), text: t('whatText', { seconds: terms.seconds }) },
      { heading: t('why'), text: t('whyText', { event: terms.eventName }) },
      { heading: t('ai'), text: t('aiText') },
      { heading: t('keep'), text: t('keepText', { days: terms.keepDays }) },
      ...(cloud ? [{ heading: t('cloud'), text: t('cloudText') }] : []),
    ],
    ticks: [
      { id: 'make-film', text: t('tickFilm'), required: true },
      { id: 'age', text: t('tickAge'), required: true },
      ...(cloud ? [{ id: 'cloud' as const, text: t('tickCloud'), required: false }] : []),
    ],
  }
}

/** SHA-256 of exactly what is shown, line by line, headings and ticks included. */
export const consentDigest = ({ title, sections, ticks }: ConsentText): Promise<string> => {
  const lines = [title, ...sections.flatMap(({ heading, text }) => [heading, text]), ...ticks.map(({ text }) => text)]
  return sha256Hex(new TextEncoder().encode(lines.join('\n')))
}
