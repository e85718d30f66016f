/** Speaks one language to everything inside: words, direction, fonts and line breaking follow it. */
'use client'
import { directionOf, type Language } from '@fanreel/protocol'
import { NextIntlClientProvider } from 'next-intl'
import { Direction } from 'radix-ui'
import { type ReactNode, useEffect } from 'react'
import { WORDS } from '../../lib/words.ts'

export const Spoken = ({ language, children }: { language: Language; children: ReactNode }) => {
  const direction = directionOf(language)
  useEffect(() => {
    document.documentElement.lang = language
    document.documentElement.dir = direction
  }, [language, direction])
  return (
    <NextIntlClientProvider locale={language} messages={WORDS[language]} timeZone="UTC">
      <Direction.Provider dir={direction}>
        <main className="kiosk" lang={language} dir={direction}>
          {children}
        </main>
      </Direction.Provider>
    </NextIntlClientProvider>
  )
}
