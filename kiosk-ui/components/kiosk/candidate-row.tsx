/** Characters that the letters typed so far may be: a row above the keys, more of them by one touch. */
'use client'
import { useTranslations } from 'next-intl'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { CANDIDATES_SHOWN, type Candidate, candidatesOf, spokenCandidate } from '../../lib/keyboard/pinyin.ts'
import { loadPinyinTable, type PinyinTable } from '../../lib/keyboard/pinyin-table.ts'

/** The table for writing Chinese; undefined until it is there, and for ever where it cannot be had. */
export const usePinyinTable = (wanted: boolean): PinyinTable | undefined => {
  const [table, setTable] = useState<PinyinTable>()
  useEffect(() => {
    // Without it the letters stay, and are a name as well.
    if (wanted) loadPinyinTable().then(setTable, () => undefined)
  }, [wanted])
  return wanted ? table : undefined
}

/** The candidates on the screen now, and the way to the next ones; after the last come the first. */
export const useCandidates = (table: PinyinTable | undefined, letters: string) => {
  const [{ of, page }, setPage] = useState({ of: letters, page: 0 })
  const all = table ? candidatesOf(table, letters) : []
  const from = of === letters && page * CANDIDATES_SHOWN < all.length ? page * CANDIDATES_SHOWN : 0
  return {
    shown: all.slice(from, from + CANDIDATES_SHOWN),
    more: all.length > CANDIDATES_SHOWN ? () => setPage({ of: letters, page: from / CANDIDATES_SHOWN + 1 }) : undefined,
  }
}

type Props = {
  table: PinyinTable | undefined
  shown: readonly Candidate[]
  more: (() => void) | undefined
  onTake: (candidate: Candidate) => void
  /** Where the focus goes when the last candidate was taken: nobody who writes by keys alone begins at the top again. */
  keys: RefObject<HTMLElement | null>
}

export const CandidateRow = ({ table, shown, more, onTake, keys }: Props) => {
  const t = useTranslations('name')
  const row = useRef<HTMLDivElement>(null)
  const held = useRef(false)
  const isEmpty = shown.length === 0
  useEffect(() => {
    if (!isEmpty || !held.current) return
    held.current = false
    keys.current?.querySelector('button')?.focus()
  }, [isEmpty, keys])
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; these keys write into the name above
    <div
      ref={row}
      role="group"
      aria-label={t('candidates')}
      className="flex min-h-(--key-height) gap-(--key-gap)"
      onFocus={() => {
        held.current = true
      }}
      onBlur={(event) => {
        // A key that goes away with the focus on it tells of no next one.
        if (event.relatedTarget) held.current = false
      }}
    >
      {shown.map((candidate, index) => (
        <button
          // By its place: the focus stays where it is while the characters change.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={index}
          type="button"
          className="key candidate"
          aria-label={table && spokenCandidate(table, candidate.sign)}
          onClick={() => onTake(candidate)}
        >
          {candidate.sign}
        </button>
      ))}
      {more && (
        <button type="button" className="key" aria-label={t('more')} onClick={more}>
          <span aria-hidden="true">›</span>
        </button>
      )}
    </div>
  )
}
