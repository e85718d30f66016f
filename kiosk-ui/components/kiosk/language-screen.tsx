/** Greetings, each in its own language: nobody has to read another's. */
'use client'
import { directionOf, LANGUAGES } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { GREETINGS, LANGUAGE_NAMES } from '../../lib/language-names.ts'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowSend } from './kiosk-context.tsx'
import { Scenery } from './scenery.tsx'

export const LanguageScreen = () => {
  const t = useTranslations('language')
  const send = useFlowSend()
  return (
    <div className="absolute inset-0 flex flex-col">
      <Scenery />
      <Chrome onBack={() => send({ type: 'BACK' })} />
      <div className="relative flex grow flex-col justify-center gap-8 px-8 pb-12 landscape:px-16">
        <Headline className="text-title text-center">{t('title')}</Headline>
        <div className="grid gap-4 landscape:grid-cols-2">
          {LANGUAGES.map((language, index) => (
            <button
              key={language}
              type="button"
              lang={language}
              dir={directionOf(language)}
              onClick={() => send({ type: 'LANGUAGE', language })}
              className="glass rise flex min-h-[max(96px,calc(var(--u)*24))] items-center justify-between gap-4 px-8 text-start transition-transform active:scale-[.97]"
              style={{ '--step': index + 1 } as React.CSSProperties}
            >
              <span className="display text-[max(34px,calc(var(--u)*11*var(--script,1)))]">{GREETINGS[language]}</span>
              <span className="text-lead font-semibold text-gold">{LANGUAGE_NAMES[language]}</span>
            </button>
          ))}
        </div>
      </div>
    </div>
  )
}
