/** Keyboards on the screen for the scripts of one language: big keys, nothing that a name does not need. */
'use client'
import { directionOf, type Language } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { wantsCapital } from '../../lib/keyboard/compose-name.ts'
import { type KeyboardId, keyboardsOf, shifted } from '../../lib/keyboard/layouts.ts'
import { type Draft, type DraftKey, nameOf, pinyinKey } from '../../lib/keyboard/pinyin.ts'
import { Icon } from '../icons.tsx'
import { CandidateRow, useCandidates, usePinyinTable } from './candidate-row.tsx'

type Props = { language: Language; draft: Draft; onKey: (key: DraftKey) => void }

/** Whoever brings a keyboard of their own, or types by a switch that acts as one, writes with that. */
const useOwnKeyboard = (write: (text: string) => void, erase: () => void) => {
  const typed = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
    if (event.key === 'Backspace') return erase()
    // A space on a key of the screen presses that key.
    if (event.key === ' ' && event.target instanceof HTMLButtonElement) return
    if ([...event.key].length === 1) write(event.key)
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => typed(event)
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}

export const NameKeyboard = ({ language, draft, onKey }: Props) => {
  const t = useTranslations('name')
  const [chosen, setChosen] = useState<KeyboardId>()
  const [shift, setShift] = useState<boolean>()
  const keys = useRef<HTMLDivElement>(null)
  const keyboards = keyboardsOf(language)
  const keyboard = keyboards.find(({ id }) => id === chosen) ?? keyboards[0]
  const table = usePinyinTable(keyboard?.id === 'pinyin')
  const { shown, more } = useCandidates(table, draft.letters)
  const write = (text: string) => {
    onKey(keyboard?.id === 'pinyin' ? pinyinKey(text, draft, shown) : { type: 'text', text })
    setShift(undefined)
  }
  const erase = () => onKey({ type: 'delete' })
  useOwnKeyboard(write, erase)
  if (!keyboard) return null
  const isShifted = shift ?? (keyboard.shift === 'capitals' && wantsCapital(nameOf(draft)))
  const bring = (id: KeyboardId) => {
    onKey({ type: 'settle' })
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
      {keyboard.id === 'pinyin' && (
        <CandidateRow
          table={table}
          shown={shown}
          more={more}
          onTake={(candidate) => onKey({ type: 'take', candidate })}
          keys={keys}
        />
      )}
      <div ref={keys} className="contents">
        {keyboard.rows.map((row) => (
          <div key={row.join('')} className="flex justify-center gap-(--key-gap)">
            {row.map((key) => {
              const text = isShifted ? shifted(keyboard, key) : key
              return (
                <button key={key} type="button" className="key" onClick={() => write(text)}>
                  {text}
                </button>
              )
            })}
          </div>
        ))}
      </div>
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
        {(keyboard.id === 'kana' || keyboard.id === 'katakana') && (
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
        <button type="button" className="key key-wide" aria-label={t('delete')} onClick={erase}>
          <Icon name="erase" className="size-[1.3em] rtl:-scale-x-100" />
        </button>
      </div>
    </div>
  )
}
