/** The frame of every step: the way back, how far along, what makes it easier, and the language. */
'use client'
import { useTranslations } from 'next-intl'
import { Icon } from '../icons.tsx'
import { ComfortPanel } from './comfort-panel.tsx'
import { LanguageSwitch } from './language-switch.tsx'

const STEPS = [1, 2, 3, 4, 5]

export const Chrome = ({ step, onBack }: { step?: number; onBack?: () => void }) => {
  const t = useTranslations('common')
  return (
    <header className="chrome relative z-10 flex min-h-(--touch) items-center gap-3 px-6 pt-4">
      {onBack ? (
        <button
          type="button"
          onClick={onBack}
          className="glass grid size-(--touch) shrink-0 place-items-center rounded-full!"
          aria-label={t('back')}
        >
          <Icon name="back" className="size-[45%] rtl:-scale-x-100" />
        </button>
      ) : (
        <span className="h-(--touch) w-0" />
      )}
      {step ? (
        <div
          className="glass flex gap-1 rounded-full! px-3 py-2.5"
          role="img"
          aria-label={t('step', { step, steps: STEPS.length })}
        >
          {STEPS.map((each) => (
            <span
              key={each}
              className={`h-[max(6px,var(--u))] rounded-full transition-all duration-500 ${each === step ? 'w-6 bg-gold' : each < step ? 'w-3 bg-ice' : 'w-3 bg-ice/25'}`}
            />
          ))}
        </div>
      ) : null}
      <span className="grow" />
      <ComfortPanel />
      <LanguageSwitch />
    </header>
  )
}
