/** The text a visitor agrees to: built in one place, shown word for word, and named in the receipt by its hash. */
import type { ConsentPurpose, Language } from '@fanreel/protocol'
import { createTranslator } from 'next-intl'
import { sha256Hex } from '../uploader/index.ts'
import { WORDS } from '../words.ts'

export type ConsentTerms = { eventName: string; keepDays: number; seconds: number; purposes: readonly ConsentPurpose[] }
export type ConsentTick = { id: ConsentPurpose; text: string; required: boolean }
export type ConsentText = {
  title: string
  sections: { heading: string; text: string }[]
  /** One for each purpose. */
  ticks: ConsentTick[]
  /** Stands with the button that agrees, and is said by touching it. */
  declaration: string
}

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
      ...(cloud ? [{ id: 'cloud' as const, text: t('tickCloud'), required: false }] : []),
    ],
    declaration: t('declareAge'),
  }
}

/** SHA-256 of exactly what is shown, line by line, headings, ticks and declaration included. */
export const consentDigest = ({ title, sections, ticks, declaration }: ConsentText): Promise<string> => {
  const shown = sections.flatMap(({ heading, text }) => [heading, text])
  const lines = [title, ...shown, ...ticks.map(({ text }) => text), declaration]
  return sha256Hex(new TextEncoder().encode(lines.join('\n')))
}
