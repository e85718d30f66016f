/** The take, as others will see it. One more try, or off it goes; where it would be refused, why, and the try first. */
'use client'
import { CLIP_WORDS } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { takesLeft } from '../../lib/flow/visitor-flow.ts'
import { newVisitKeys } from '../../lib/uploader/index.ts'
import { Icon } from '../icons.tsx'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowContext, useFlowSend, useKiosk } from './kiosk-context.tsx'
import { PictureBox } from './picture-box.tsx'
import { useFilm } from './use-film.ts'

const MAIN = 'button button-primary min-h-[max(88px,calc(var(--u)*15))]! w-full'

export const ReviewScreen = () => {
  const t = useTranslations('review')
  const common = useTranslations('common')
  const { vault, outbox } = useKiosk()
  const context = useFlowContext()
  const send = useFlowSend()
  const { take, unfit, consent, pack, firstName, language } = context
  const left = takesLeft(context)
  const video = useRef<HTMLVideoElement>(null)
  const [address, setAddress] = useState<string>()
  const [playing, setPlaying] = useState(false)

  useEffect(() => {
    if (!take) return
    let made: string | undefined
    let gone = false
    vault.read(take.takeId).then(
      (bytes) => {
        if (gone) return
        made = URL.createObjectURL(new Blob([bytes], { type: take.mime }))
        setAddress(made)
      },
      // What the disk does not give back cannot be sent either.
      () => {
        if (!gone) send({ type: 'RETAKE' })
      },
    )
    return () => {
      gone = true
      if (made) URL.revokeObjectURL(made)
    }
  }, [take, vault, send])

  useFilm(video, address, 'always')

  const retake = () => send({ type: 'RETAKE' })
  const film = () => {
    if (!take || !consent || !pack) return
    const keys = context.keys ?? newVisitKeys()
    // The code stands on the screen from here on, whatever disk and network do next.
    send({ type: 'SEND', keys })
    // What the disk will not hold is told on the next screen, as any clip that is stuck.
    void outbox.put({ visit: { ...keys, packId: pack.packId, language, consent, ...(firstName ? { firstName } : {}) }, ...take })
  }

  return (
    <div className="absolute inset-0 bg-night landscape:bg-[radial-gradient(70%_80%_at_74%_50%,var(--steel),var(--night)_80%)]">
      <PictureBox shadeFrom={0.6}>
        {(noteShape) => (
          <>
            {/* biome-ignore lint/a11y/useMediaCaption: the visitor's own words, just spoken */}
            <video
              ref={video}
              loop
              playsInline
              onLoadedMetadata={noteShape}
              onResize={noteShape}
              className="size-full"
              onPlaying={() => setPlaying(true)}
              onPause={() => setPlaying(false)}
              aria-label={t('title')}
            />
            {!playing && address && (
              <button
                type="button"
                className="reach-in-picture button button-quiet absolute inset-0 m-auto size-fit"
                onClick={() => void video.current?.play()}
              >
                <Icon name="play" />
                {t('play')}
              </button>
            )}
          </>
        )}
      </PictureBox>
      <div className="absolute inset-x-0 top-0">
        <Chrome step={4} />
      </div>
      <div className="reach isolate absolute inset-x-0 bottom-0 flex flex-col items-center gap-6 px-8 pb-14 text-center landscape:inset-y-0 landscape:start-[75vh] landscape:end-0 landscape:justify-center landscape:px-12">
        <div className="words-shade landscape:hidden" aria-hidden="true" />
        <Headline className={unfit ? 'text-[calc(max(30px,var(--u)*7.4*var(--script,1))*var(--title-scale,1))]' : 'text-title'}>
          {unfit ? CLIP_WORDS[language][unfit] : t('title')}
        </Headline>
        <button type="button" className={MAIN} onClick={unfit ? retake : film}>
          {unfit && <Icon name="again" />}
          {unfit ? t('retake') : t('send')}
        </button>
        {/* Lying down there is no height for one under the other, below a headline of three lines. */}
        <div className="grid w-full gap-6 landscape:grid-cols-2">
          {unfit ? (
            // The kiosk saw a part of it, the node sees it all: the visitor decides.
            <button type="button" className="button button-quiet" onClick={film}>
              {t('sendAnyway')}
            </button>
          ) : (
            left > 0 && (
              <button type="button" className="button button-quiet" onClick={retake}>
                <Icon name="again" />
                {t('retake')}
              </button>
            )
          )}
          {/* Whoever likes none of their takes sends none. */}
          <button type="button" className="button button-quiet only:col-span-full" onClick={() => send({ type: 'START_OVER' })}>
            {common('startOver')}
          </button>
        </div>
        <p className="text-note text-mist">{t('takesLeft', { left })}</p>
      </div>
    </div>
  )
}
