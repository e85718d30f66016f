/** A keyboard on the screen for the scripts of one language: big keys, nothing that a name does not need. */
'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { type NameKey, wantsCapital } from '../../lib/keyboard/compose-name.ts'
import { LAYOUTS, type Script } from '../../lib/keyboard/layouts.ts'
import { Icon } from '../icons.tsx'

const KEY =
  'flex min-h-[max(56px,calc(var(--u)*8.6))] min-w-0 flex-1 items-center justify-center rounded-[calc(var(--u)*1.4)] border border-ice/15 bg-steel/80 text-[max(22px,calc(var(--u)*4.4))] font-semibold transition-transform active:scale-90 active:bg-beam active:text-night landscape:min-h-[max(44px,calc(var(--u)*6.4))]'
const SCRIPT_NAMES: Record<Script, string> = { latin: 'ABC', arabic: 'عربي', kana: 'かな' }

export const NameKeyboard = ({ scripts, name, onKey }: { scripts: Script[]; name: string; onKey: (key: NameKey) => void }) => {
  const t = useTranslations('name')
  const [chosen, setChosen] = useState<Script>()
  const [shift, setShift] = useState<boolean>()
  const script = chosen && scripts.includes(chosen) ? chosen : (scripts[0] ?? 'latin')
  const other = scripts.find((each) => each !== script)
  const capital = script === 'latin' && (shift ?? wantsCapital(name))
  const write = (text: string) => {
    onKey({ type: 'text', text })
    setShift(undefined)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; these keys write into the name above
    <div
      role="group"
      aria-label={t('keyboard')}
      className="flex flex-col gap-[max(4px,calc(var(--u)*.9))]"
      dir={script === 'arabic' ? 'rtl' : 'ltr'}
      lang={script === 'kana' ? 'ja' : script === 'arabic' ? 'ar' : 'en'}
    >
      {LAYOUTS[script].rows.map((keys, row) => (
        <div
          key={keys.join('')}
          className={`flex gap-[max(3px,calc(var(--u)*.9))] ${script === 'latin' && row === 2 ? 'px-[3%]' : ''}`}
        >
          {keys.map((key) => {
            const text = capital ? key.toLocaleUpperCase('en') : key
            return (
              <button
                key={key}
                type="button"
                className={`${KEY} ${script === 'latin' && row === 0 ? 'opacity-80' : ''}`}
                onClick={() => write(text)}
              >
                {text}
              </button>
            )
          })}
          {row === LAYOUTS[script].rows.length - 1 && (
            <button
              type="button"
              className={`${KEY} max-w-[22%] grow-2`}
              aria-label={t('delete')}
              onClick={() => onKey({ type: 'delete' })}
            >
              <Icon name="erase" className="size-[1.3em] rtl:-scale-x-100" />
            </button>
          )}
        </div>
      ))}
      <div className="flex gap-[max(3px,calc(var(--u)*.9))]">
        {script === 'latin' && (
          <button
            type="button"
            className={`${KEY} ${capital ? 'bg-beam! text-night' : ''}`}
            aria-pressed={capital}
            aria-label={t('shift')}
            onClick={() => setShift(!capital)}
          >
            <Icon name="shift" className="size-[1.2em]" />
          </button>
        )}
        {script === 'kana' && (
          <button type="button" className={KEY} onClick={() => onKey({ type: 'small' })}>
            {t('small')}
          </button>
        )}
        {other && (
          <button type="button" className={KEY} onClick={() => setChosen(other)}>
            {SCRIPT_NAMES[other]}
          </button>
        )}
        <button type="button" className={`${KEY} grow-4`} onClick={() => write(' ')}>
          {t('space')}
        </button>
      </div>
    </div>
  )
}
