/** The code, at once; below it the truth about the film: where it stands, how long it takes, its first frames. */
'use client'
import { CLIP_WORDS } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { useEffect } from 'react'
import type { Progress } from '../../lib/flow/progress-of.ts'
import { mayRecordAgain } from '../../lib/flow/visitor-flow.ts'
import { Icon } from '../icons.tsx'
import { QrCode } from '../qr-code.tsx'
import { Chrome } from './chrome.tsx'
import { FilmProgress } from './film-progress.tsx'
import { FirstFrames } from './first-frames.tsx'
import { Headline } from './headline.tsx'
import { useFlowContext, useFlowSend, useKiosk, useKioskState } from './kiosk-context.tsx'
import { ShortCode } from './short-code.tsx'
import { useFilmProgress } from './use-film-progress.ts'
import { WorldStage } from './world-stage.tsx'

/** Where no film comes of it, its code leads nowhere, and what is said instead; undefined where it may come. */
const useNoFilm = (progress: Progress): { icon: 'camera' | 'bin' | 'person'; text: string } | undefined => {
  const t = useTranslations('pickup')
  const { language } = useFlowContext()
  switch (progress.kind) {
    case 'refused':
      return { icon: 'camera', text: CLIP_WORDS[language][progress.code] }
    case 'gone':
      return { icon: 'bin', text: t('gone') }
    case 'ended':
      return { icon: 'person', text: t('ended') }
    default:
      return undefined
  }
}

export const PickupScreen = () => {
  const t = useTranslations('pickup')
  const kiosk = useKiosk()
  const { connection, outgoing } = useKioskState()
  const context = useFlowContext()
  const { keys, view } = context
  const send = useFlowSend()
  const visitId = keys?.visitId
  const clip = outgoing?.visitId === visitId ? outgoing : undefined
  const stuckBy = clip?.phase === 'stuck' ? (clip.code ?? 'internal') : undefined

  useEffect(() => {
    if (!visitId) return
    return kiosk.uploader.watch(visitId, (next) => send({ type: 'VIEW', view: next }))
  }, [kiosk, visitId, send])

  useEffect(() => send({ type: 'STUCK', code: stuckBy }), [send, stuckBy])

  const progress = useFilmProgress()
  const noFilm = useNoFilm(progress)
  if (!keys || !visitId) return null
  const again = mayRecordAgain(context)
  return (
    <div className="absolute inset-0 flex flex-col">
      {!noFilm && <WorldStage part="beside-the-code" />}
      <Chrome step={5} />
      {/* Lying down, the code stands on one side from top to bottom, and on the other all that is said of it. */}
      <div className="about-code relative scroll-quiet flex min-h-0 grow flex-col items-center justify-between gap-4 px-8 pt-2 pb-8 landscape:grid landscape:grid-cols-[auto_minmax(0,1fr)] landscape:grid-rows-[auto_auto_1fr_auto] landscape:gap-x-14 landscape:px-16 landscape:pt-0">
        {noFilm ? (
          <div
            className="flex grow flex-col items-center justify-center gap-8 text-center landscape:col-span-2 landscape:row-span-3"
            role="status"
            data-kind={progress.kind}
          >
            <Icon name={noFilm.icon} className="size-[calc(var(--u)*18)] text-gold" />
            <Headline>{noFilm.text}</Headline>
          </div>
        ) : (
          <>
            <div className="contents landscape:col-start-2 landscape:row-start-1 landscape:block landscape:w-full landscape:pt-3">
              <Headline className="text-[calc(max(30px,var(--u)*7.4*var(--script,1))*var(--title-scale,1))] text-center landscape:text-[calc(max(30px,var(--u)*8.6*var(--script,1))*var(--title-scale,1))] landscape:text-start">
                {progress.kind === 'failed' ? t('failed') : t('title')}
              </Headline>
            </div>
            <div className="flex flex-col items-center gap-4 landscape:col-start-1 landscape:row-span-4 landscape:row-start-1">
              <div
                className="code rise w-[min(74vw,calc(var(--u)*53))] overflow-hidden rounded-card bg-white shadow-[0_0_calc(var(--u)*12)_rgb(from_var(--beam)_r_g_b/.45)] landscape:w-[min(68vh,40vw)]"
                style={{ '--step': 1 } as React.CSSProperties}
                data-testid="qr"
              >
                <QrCode text={kiosk.pickupUrl(keys.pickupToken)} label={t('qrLabel')} />
              </div>
              <p className="flex items-center gap-3 text-body font-semibold whitespace-nowrap">
                <Icon name="phone" className="size-[1.4em] text-gold" />
                {t('short')}
              </p>
            </div>
            <div className="landscape:col-start-2 landscape:row-start-3 landscape:self-end">
              <ShortCode visitId={visitId} token={keys.pickupToken} known={view !== undefined && connection === 'online'} />
            </div>
            <div className="flex w-full flex-col gap-4 landscape:col-start-2 landscape:row-start-2">
              <FilmProgress progress={progress} />
              <FirstFrames view={view} />
            </div>
          </>
        )}
        <div
          // Narrower than the code, and quieter: the code is what a visitor came for.
          className={`reach grid gap-4 ${noFilm ? 'landscape:col-span-2 landscape:mx-auto landscape:max-w-[calc(var(--u)*110)]' : 'landscape:col-start-2 landscape:row-start-4'} ${again ? 'w-full grid-cols-[1fr_1.7fr]' : 'w-[calc(var(--u)*34)] max-w-full'}`}
        >
          <button type="button" className="button button-quiet" onClick={() => send({ type: 'DONE' })}>
            {t('done')}
          </button>
          {again && (
            <button type="button" className="button button-primary" onClick={() => send({ type: 'AGAIN' })}>
              <Icon name="again" />
              {t('again')}
            </button>
          )}
        </div>
      </div>
    </div>
  )
}
