/** Keyboards on the screen for the scripts of one language: big keys, nothing that a name does not need. */
'use client'
import { directionOf, type Language } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { type NameKey, wantsCapital } from '../../lib/keyboard/compose-name.ts'
import { type KeyboardId, keyboardsOf, shifted } from '../../lib/keyboard/layouts.ts'
import { Icon } from '../icons.tsx'

type Props = { language: Language; name: string; onKey: (key: NameKey) => void }

/** Whoever brings a keyboard of their own, or types by a switch that acts as one, writes with that. */
const useOwnKeyboard = (onKey: (key: NameKey) => void) => {
  useEffect(() => {
    const typed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
      if (event.key === 'Backspace') return onKey({ type: 'delete' })
      // A space on a key of the screen presses that key.
      if (event.key === ' ' && event.target instanceof HTMLButtonElement) return
      if ([...event.key].length === 1) onKey({ type: 'text', text: event.key })
    }
    window.addEventListener('keydown', typed)
    return () => window.removeEventListener('keydown', typed)
  }, [onKey])
}

export const NameKeyboard = ({ language, name, onKey }: Props) => {
  const t = useTranslations('name')
  const [chosen, setChosen] = useState<KeyboardId>()
  const [shift, setShift] = useState<boolean>()
  useOwnKeyboard(onKey)
  const keyboards = keyboardsOf(language)
  const keyboard = keyboards.find(({ id }) => id === chosen) ?? keyboards[0]
  if (!keyboard) return null
  const isShifted = shift ?? (keyboard.shift === 'capitals' && wantsCapital(name))
  const write = (text: string) => {
    onKey({ type: 'text', text })
    setShift(undefined)
  }
  const bring = (id: KeyboardId) => {
    setChosen(id)
    setShift(undefined)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; these keys write into the name above
    <div
      role="group"
      aria-label={t('keyboard')}
      className="flex flex-col gap-(--key-gap) portrait:-mx-4"
      dir={directionOf(keyboard.language)}
      lang={keyboard.language}
    >
      {keyboard.rows.map((keys) => (
        <div key={keys.join('')} className="flex justify-center gap-(--key-gap)">
          {keys.map((key) => {
            const text = isShifted ? shifted(keyboard, key) : key
            return (
              <button key={key} type="button" className="key" onClick={() => write(text)}>
                {text}
              </button>
            )
          })}
        </div>
      ))}
      <div className="flex gap-(--key-gap)">
        {keyboard.shift !== 'none' && (
          <button
            type="button"
            className={`key key-wide ${isShifted ? 'bg-beam! text-night' : ''}`}
            aria-pressed={isShifted}
            aria-label={t('shift')}
            onClick={() => setShift(!isShifted)}
          >
            <Icon name="shift" className="size-[1.2em]" />
          </button>
        )}
        {keyboard.id === 'kana' && (
          <button type="button" className="key key-wide" onClick={() => onKey({ type: 'small' })}>
            {t('small')}
          </button>
        )}
        {keyboards
          .filter(({ id }) => id !== keyboard.id)
          .map(({ id, label, language: of }) => (
            <button key={id} type="button" lang={of} className="key key-wide text-body!" onClick={() => bring(id)}>
              {label}
            </button>
          ))}
        <button type="button" className="key grow-4 text-body!" lang={language} onClick={() => write(' ')}>
          {t('space')}
        </button>
        <button type="button" className="key key-wide" aria-label={t('delete')} onClick={() => onKey({ type: 'delete' })}>
          <Icon name="erase" className="size-[1.3em] rtl:-scale-x-100" />
        </button>
      </div>
    </div>
  )
}
