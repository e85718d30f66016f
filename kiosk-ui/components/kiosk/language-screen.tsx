/** Greetings, each in its own language: nobody has to read another's. */
'use client'
import { directionOf, LANGUAGES } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { GREETINGS, LANGUAGE_NAMES } from '../../lib/language-names.ts'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowSend } from './kiosk-context.tsx'

export const LanguageScreen = () => {
  const t = useTranslations('language')
  const send = useFlowSend()
  return (
    <div className="absolute inset-0 flex flex-col">
      <Chrome onBack={() => send({ type: 'BACK' })} />
      <div className="scroll-quiet relative flex min-h-0 grow flex-col gap-6 px-8 pb-8 landscape:gap-5 landscape:px-16">
        <Headline className="text-title mt-auto pt-3 text-center">{t('title')}</Headline>
        <div className="reach mb-auto grid grid-cols-2 gap-4 landscape:grid-cols-5">
          {LANGUAGES.map((language, index) => (
            <button
              key={language}
              type="button"
              lang={language}
              dir={directionOf(language)}
              onClick={() => send({ type: 'LANGUAGE', language })}
              className="glass rise flex min-h-[max(96px,calc(var(--u)*21))] flex-col justify-center gap-1 px-6 text-start transition-transform active:scale-[.97] landscape:min-h-[max(96px,calc(var(--u)*36))] landscape:items-center landscape:px-2 landscape:text-center"
              style={{ '--step': index / 2 + 1 } as React.CSSProperties}
            >
              <span className="display text-[calc(max(24px,var(--u)*7.4*var(--script,1))*var(--title-scale,1))] whitespace-nowrap">
                {GREETINGS[language]}
              </span>
              <span className="text-lead font-semibold text-gold">{LANGUAGE_NAMES[language]}</span>
            </button>
          ))}
        </div>
      </div>
    </div>
  )
}
