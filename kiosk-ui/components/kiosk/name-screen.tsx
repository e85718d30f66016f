/** The first name, written large as the film will write it. Skipped by one touch. */
'use client'
import { FirstName, lineRoomOf, nameFault } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { useCallback, useState } from 'react'
import { composeDraft, type DraftKey, nameOf } from '../../lib/keyboard/pinyin.ts'
import { textIn } from '../../lib/packs/pack-shelf.ts'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowContext, useFlowSend, useKioskState } from './kiosk-context.tsx'
import { NameKeyboard } from './name-keyboard.tsx'
import { WorldLoop } from './world-loop.tsx'

/** How wide a title is, in Latin letters: Chinese characters, kana and Korean syllables take two. */
const widthOf = (title: string): number =>
  [...title].reduce((sum, sign) => sum + (/[\u1100-\u11ff\u2e80-\uffef]/.test(sign) ? 2 : 1), 0)

/** The film's title as it will be written, before the world it is about. */
const FilmTitle = ({ name }: { name: string }) => {
  const t = useTranslations('name')
  const { pack, language } = useFlowContext()
  const { worlds } = useKioskState()
  const world = worlds.find(({ offer }) => offer.packHash === pack?.packHash)
  const [before = '', after = ''] = (world ? textIn(world.pack.film.titleWithName, language) : '{name}').split('{name}')
  const letters = widthOf(before + (name || t('placeholder')) + after)
  return (
    // Two lines, however long the name. Where a tall keyboard leaves the picture little height, its words are set smaller: they stay clear of the AI mark.
    <div className="rise relative flex min-h-0 grow items-end overflow-hidden rounded-card border border-ice/20 [container-type:size]">
      {world && (
        <WorldLoop
          world={world}
          language={language}
          className="absolute inset-0"
          markAt="left"
          framing="portrait:object-[50%_28%]"
        />
      )}
      <span
        className="shade absolute inset-0 bg-[linear-gradient(180deg,rgb(from_var(--night)_r_g_b/.1)_20%,rgb(from_var(--night)_r_g_b/.9)_88%)]"
        aria-hidden="true"
      />
      <output
        className="display film-title relative w-full px-6 pb-4 text-center text-[min(23cqh*var(--script,1),260cqw/var(--letters),max(34px,calc(var(--u)*11*var(--script,1))))] break-words landscape:px-4 landscape:text-[min(23cqh*var(--script,1),260cqw/var(--letters),max(28px,calc(var(--u)*7.5*var(--script,1))))]"
        style={{ '--letters': letters } as React.CSSProperties}
        data-room={lineRoomOf(name)}
        aria-live="polite"
      >
        {before}
        {/* A name of another script keeps its own direction. */}
        <bdi className={name ? 'text-gold' : 'text-ice/60'}>{name || t('placeholder')}</bdi>
        {/* In the line and not a box of its own: what follows the name stays beside it. */}
        <span className="relative ps-[.2em]" aria-hidden="true">
          <span
            className="absolute start-[.07em] bottom-[.2em] h-[.74em] w-[max(3px,calc(var(--u)*.7))] bg-gold"
            style={{ animation: 'burn 1.2s steps(2) infinite' }}
          />
        </span>
        {after}
      </output>
    </div>
  )
}

export const NameScreen = () => {
  const t = useTranslations('name')
  const common = useTranslations('common')
  const { firstName, language } = useFlowContext()
  const send = useFlowSend()
  const [draft, setDraft] = useState({ name: firstName ?? '', letters: '' })
  const press = useCallback((key: DraftKey) => setDraft((before) => composeDraft(before, key)), [])
  const name = nameOf(draft)
  const parsed = FirstName.safeParse(name)
  const refused = parsed.success && nameFault(parsed.data) !== undefined
  return (
    <div className="absolute inset-0 flex flex-col">
      <Chrome step={3} onBack={() => send({ type: 'BACK' })} />
      <div className="relative flex min-h-0 grow flex-col justify-between gap-5 px-6 pt-4 pb-8 landscape:grid landscape:grid-cols-[1fr_1.75fr] landscape:gap-10 landscape:px-12 landscape:pt-0">
        <div className="flex min-h-0 grow flex-col gap-4 text-center">
          <Headline>{t('title')}</Headline>
          <p className={`text-lead ${refused ? 'text-gold' : 'text-mist'}`} role="status">
            {t(refused ? 'another' : 'why')}
          </p>
          <FilmTitle name={name} />
        </div>
        <div className="reach flex flex-col justify-end gap-6 landscape:gap-5">
          <NameKeyboard language={language} draft={draft} onKey={press} />
          <div className="grid grid-cols-[1fr_1.4fr] gap-4">
            <button type="button" className="button button-quiet" onClick={() => send({ type: 'NAME', firstName: undefined })}>
              {t('skip')}
            </button>
            <button
              type="button"
              className="button button-primary"
              disabled={!parsed.success || refused}
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
