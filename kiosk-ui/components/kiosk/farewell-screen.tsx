/** A kind end: after the film was promised, or after a "no, thank you". Goes away by itself. */
'use client'
import { useTranslations } from 'next-intl'
import { BrandLogo } from './brand-context.tsx'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowSend, useKioskState } from './kiosk-context.tsx'
import { Scenery } from './scenery.tsx'
import { useFilmProgress } from './use-film-progress.ts'
import { WorldStage } from './world-stage.tsx'

/** What is said to whoever goes without a film; undefined where one is there or may come. */
const useWithoutFilm = (): string | undefined => {
  const t = useTranslations('pickup')
  const { kind } = useFilmProgress()
  switch (kind) {
    case 'gone':
    case 'ended':
    case 'failed':
      return t(kind)
    case 'refused':
      return t('failed')
    default:
      return undefined
  }
}

export const FarewellScreen = ({ kind }: { kind: 'goodbye' | 'refused' }) => {
  const t = useTranslations()
  const send = useFlowSend()
  const { connection } = useKioskState()
  const withoutFilm = useWithoutFilm()
  const waits = connection === 'online' ? t('goodbye.text') : t('goodbye.textOffline')
  const text = kind === 'refused' ? t('refused.text') : (withoutFilm ?? waits)
  const title = kind === 'refused' ? t('refused.title') : withoutFilm ? t('goodbye.titleOver') : t('goodbye.title')
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center gap-8 px-10 text-center">
      <Scenery />
      {kind === 'goodbye' && <WorldStage part="whole" />}
      <div className="absolute inset-x-0 top-0">
        <Chrome />
      </div>
      <div className="relative flex flex-col items-center gap-8">
        <BrandLogo className="h-[calc(var(--u)*14)] max-w-[60vw] object-contain" />
        <Headline className="text-[calc(max(48px,var(--u)*15*var(--script,1))*var(--title-scale,1))]">{title}</Headline>
        <p className="rise max-w-[32ch] text-lead text-balance" style={{ '--step': 3 } as React.CSSProperties}>
          {text}
        </p>
        <button
          type="button"
          className="button button-quiet rise mt-6"
          style={{ '--step': 6 } as React.CSSProperties}
          onClick={() => send({ type: 'TOUCH' })}
        >
          {t('common.startOver')}
        </button>
      </div>
    </div>
  )
}
