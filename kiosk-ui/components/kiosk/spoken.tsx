/** Speaks one language to everything inside: words, direction, fonts and line breaking follow it. */
'use client'
import { directionOf, type Language } from '@fanreel/protocol'
import { NextIntlClientProvider } from 'next-intl'
import { Direction } from 'radix-ui'
import { type CSSProperties, type ReactNode, useEffect } from 'react'
import { brandProperties } from '../../lib/brand/brand-properties.ts'
import { comfortAttributes } from '../../lib/comfort/comfort.ts'
import { WORDS } from '../../lib/words.ts'
import { useBrand } from './brand-context.tsx'
import { useComfort } from './comfort-context.tsx'

export const Spoken = ({ language, children }: { language: Language; children: ReactNode }) => {
  const direction = directionOf(language)
  const { comfort } = useComfort()
  const brand = useBrand()
  // High contrast has colours of its own.
  const style = brand && !comfort.contrast ? (brandProperties(brand) as CSSProperties) : undefined
  useEffect(() => {
    document.documentElement.lang = language
    document.documentElement.dir = direction
  }, [language, direction])
  return (
    <NextIntlClientProvider locale={language} messages={WORDS[language]} timeZone="UTC">
      <Direction.Provider dir={direction}>
        <main className="kiosk" lang={language} dir={direction} style={style} {...comfortAttributes(comfort)}>
          {children}
        </main>
      </Direction.Provider>
    </NextIntlClientProvider>
  )
}
