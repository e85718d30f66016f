/** One world to choose: its film in motion, its words before it. All of it is one button. */
'use client'
import type { Language } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { textIn, type World } from '../../lib/packs/pack-shelf.ts'
import { Icon } from '../icons.tsx'
import { WorldLoop } from './world-loop.tsx'

const CARD =
  'rise relative flex flex-col items-stretch justify-end overflow-hidden rounded-card border-2 border-ice/25 text-start shadow-[0_calc(var(--u)*2)_calc(var(--u)*10)_rgb(0_0_0/.6)] transition-transform active:scale-[.98]'

type Props = {
  world: World
  language: Language
  /** Which one it is, from the first: they come one after the other. */
  index: number
  onChoose: () => void
}

const stepOf = (index: number) => ({ '--step': index + 2 }) as React.CSSProperties

/** With room for what the world is about, and for the word that chooses it. `stacked`: one of two that lie on top of each other in portrait. */
export const WorldCard = ({ world, language, index, onChoose, stacked }: Props & { stacked: boolean }) => {
  const t = useTranslations('world')
  return (
    <button
      type="button"
      onClick={onChoose}
      className={`${CARD} min-h-[max(280px,calc(var(--u)*60))] landscape:mx-auto landscape:w-full landscape:max-w-[calc(var(--u)*90)]`}
      style={stepOf(index)}
    >
      <WorldLoop
        world={world}
        language={language}
        className="absolute inset-0"
        markAt="left"
        framing={stacked ? 'portrait:object-[50%_41%] landscape:object-[50%_18%]' : 'object-[50%_30%]'}
      />
      <span className="relative isolate flex flex-wrap items-end justify-between gap-3 p-6 pt-0">
        <span className="words-shade" aria-hidden="true" />
        <span className="flex min-w-[55%] grow basis-0 flex-col gap-2">
          <span className="display text-[calc(max(30px,var(--u)*8.5*var(--script,1))*var(--title-scale,1))]">
            {textIn(world.pack.title, language)}
          </span>
          <span className="text-body text-ice/90 text-balance">{textIn(world.pack.tagline, language)}</span>
        </span>
        <span className="button button-primary">{t('choose')}</span>
      </span>
    </button>
  )
}

/** One of many: its name alone, so that the star's face stays free. */
export const SmallWorldCard = ({ world, language, index, onChoose }: Props) => {
  const t = useTranslations('world')
  return (
    <button
      type="button"
      onClick={onChoose}
      className={`${CARD} [container-type:size] min-h-[max(180px,calc(var(--u)*30))]`}
      style={stepOf(index)}
    >
      <WorldLoop world={world} language={language} className="absolute inset-0" markAt="left" framing="object-[50%_24%]" />
      <span className="relative isolate flex items-end justify-between gap-2 p-4 pt-0">
        {/* The AI mark, near above the words, stays clear of their shade. */}
        <span className="words-shade" style={{ '--climb': 'calc(var(--u) * 5)' } as React.CSSProperties} aria-hidden="true" />
        <span className="display min-w-0 text-[max(26px,calc(var(--u)*5.6*var(--script,1)))] text-balance">
          {textIn(world.pack.title, language)}
        </span>
        <span className="hidden size-[max(56px,calc(var(--u)*8))] shrink-0 place-items-center rounded-full bg-gold text-night @min-[480px]:grid">
          <Icon name="right" className="size-[50%] rtl:-scale-x-100" />
        </span>
        <span className="sr-only">{t('choose')}</span>
      </span>
    </button>
  )
}
