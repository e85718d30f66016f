/** The first name, written large as the film will write it. Skipped by one touch. */
'use client'
import { FirstName } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { useCallback, useState } from 'react'
import { composeName, type NameKey } from '../../lib/keyboard/compose-name.ts'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowContext, useFlowSend } from './kiosk-context.tsx'
import { NameKeyboard } from './name-keyboard.tsx'
import { Scenery } from './scenery.tsx'

export const NameScreen = () => {
  const t = useTranslations('name')
  const common = useTranslations('common')
  const { firstName, language } = useFlowContext()
  const send = useFlowSend()
  const [name, setName] = useState(firstName ?? '')
  const press = useCallback((key: NameKey) => setName((before) => composeName(before, key)), [])
  const parsed = FirstName.safeParse(name)
  return (
    <div className="absolute inset-0 flex flex-col">
      <Scenery dim />
      <Chrome step={3} onBack={() => send({ type: 'BACK' })} />
      <div className="relative flex grow flex-col justify-between gap-6 px-6 pt-4 pb-10 landscape:gap-3 landscape:px-20 landscape:pt-0 landscape:pb-6">
        <div className="flex flex-col items-center gap-3 text-center">
          <Headline>{t('title')}</Headline>
          <p className="text-lead text-mist landscape:hidden">{t('why')}</p>
        </div>
        <output
          className="display flex min-h-[1.3em] items-center justify-center text-[max(44px,calc(var(--u)*14*var(--script,1)))] landscape:text-[max(40px,calc(var(--u)*10*var(--script,1)))]"
          aria-live="polite"
        >
          {name ? (
            <span className="max-w-full truncate bg-[linear-gradient(100deg,var(--gold),var(--gold-deep))] bg-clip-text px-2 text-transparent">
              {name}
            </span>
          ) : (
            <span className="text-ice/35">{t('placeholder')}</span>
          )}
          <span
            className="ms-1 inline-block h-[0.8em] w-[max(3px,calc(var(--u)*.7))] bg-gold"
            style={{ animation: 'burn 1.2s steps(2) infinite' }}
            aria-hidden="true"
          />
        </output>
        <div className="flex flex-col gap-6 landscape:gap-4">
          <NameKeyboard language={language} name={name} onKey={press} />
          <div className="grid grid-cols-[1fr_1.4fr] gap-4">
            <button type="button" className="button button-quiet" onClick={() => send({ type: 'NAME', firstName: undefined })}>
              {t('skip')}
            </button>
            <button
              type="button"
              className="button button-primary"
              disabled={!parsed.success}
              onClick={() => send({ type: 'NAME', firstName: parsed.data })}
            >
              {common('next')}
            </button>
          </div>
        </div>
      </div>
    </div>
  )
}
