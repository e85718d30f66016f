/** In front of the camera: the mirrored picture, where to stand, what to do, then 3-2-1 and the take. */
'use client'
import { CLIP_RULES } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { useCallback, useEffect, useRef, useState } from 'react'
import { watchLight } from '../../lib/camera/meters.ts'
import { recordTake } from '../../lib/camera/record-take.ts'
import { type CameraFault, FLOW_MS } from '../../lib/flow/flow-types.ts'
import { textIn } from '../../lib/packs/pack-shelf.ts'
import { Icon } from '../icons.tsx'
import { CameraFaultScreen } from './camera-fault-screen.tsx'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { Flow, useFlowContext, useFlowSend, useKiosk, useKioskState } from './kiosk-context.tsx'
import { LevelMeter } from './level-meter.tsx'
import { OvalGuide } from './oval-guide.tsx'
import { useCamera } from './use-camera.ts'

type Phase = 'opening' | 'framing' | 'countdown' | 'rolling' | 'fault'

export const StudioScreen = () => {
  const t = useTranslations()
  const { vault } = useKiosk()
  const { worlds } = useKioskState()
  const { language, pack, cameraFault } = useFlowContext()
  const send = useFlowSend()
  const phase = Flow.useSelector(({ value }) => {
    const step = typeof value === 'object' && 'visit' in value ? value.visit.step : undefined
    return (typeof step === 'object' ? step.studio : 'opening') as Phase
  })
  const video = useRef<HTMLVideoElement>(null)
  const [dark, setDark] = useState(false)
  const fault = useCallback((reason: CameraFault) => send({ type: 'CAMERA_FAULT', fault: reason }), [send])
  const stream = useCamera(phase !== 'fault', fault)

  useEffect(() => {
    const screen = video.current
    if (!screen || !stream) return
    screen.srcObject = stream
    const ready = () => send({ type: 'CAMERA_READY' })
    screen.addEventListener('playing', ready, { once: true })
    screen.play().catch(() => fault('unknown'))
    const stopLight = watchLight(screen, (luma) => setDark(luma < CLIP_RULES.GOOD_FACE_LUMA * 0.7))
    return () => {
      screen.removeEventListener('playing', ready)
      stopLight()
    }
  }, [stream, send, fault])

  useEffect(() => {
    if (phase !== 'rolling' || !stream) return
    const leaving = new AbortController()
    recordTake(stream, { ms: FLOW_MS.TAKE, vault, signal: leaving.signal }).then(
      (take) => {
        if (take && !leaving.signal.aborted) send({ type: 'RECORDED', take })
      },
      () => {
        if (!leaving.signal.aborted) fault('recorder')
      },
    )
    return () => leaving.abort()
  }, [phase, stream, vault, send, fault])

  if (phase === 'fault') return <CameraFaultScreen fault={cameraFault ?? 'unknown'} />
  const world = worlds.find(({ offer }) => offer.packHash === pack?.packHash)
  const prompt = world ? textIn(world.pack.prompt, language) : t('frame.defaultPrompt')
  const working = phase === 'countdown' || phase === 'rolling'
  return (
    <div className="absolute inset-0 bg-night">
      <div className="absolute inset-x-0 top-0 mx-auto aspect-3/4 w-full max-w-[calc(100vh*.75)] overflow-hidden landscape:inset-x-auto landscape:start-0 landscape:h-full landscape:w-auto">
        <video
          ref={video}
          muted
          playsInline
          className={`mirrored size-full object-cover transition-opacity duration-500 ${phase === 'opening' ? 'opacity-0' : ''}`}
          aria-label={t('frame.picture')}
        />
        <OvalGuide phase={phase} />
        {phase === 'opening' && (
          <p className="absolute inset-0 grid place-items-center text-lead text-mist">{t('frame.opening')}</p>
        )}
        <div
          className="absolute inset-x-0 bottom-0 h-1/4 bg-[linear-gradient(180deg,transparent,var(--night))] landscape:hidden"
          aria-hidden="true"
        />
      </div>
      {!working && (
        <div className="absolute inset-x-0 top-0">
          <Chrome step={4} onBack={() => send({ type: 'BACK' })} />
          <div className="flex flex-wrap justify-center gap-3 px-8 pt-3 landscape:fixed landscape:start-0 landscape:bottom-4 landscape:w-[75vh]">
            <LevelMeter stream={stream} />
            {dark && (
              <p className="glass flex items-center gap-3 px-5 py-3 text-body font-semibold text-gold" role="status">
                <Icon name="light" />
                {t('frame.dark')}
              </p>
            )}
          </div>
        </div>
      )}
      <div className="absolute inset-x-0 bottom-0 flex flex-col items-center gap-5 px-8 pb-10 text-center landscape:inset-y-0 landscape:start-[75vh] landscape:end-0 landscape:justify-center landscape:px-12 landscape:pt-12">
        {working ? (
          <Performing phase={phase} prompt={prompt} onCancel={() => send({ type: 'CANCEL' })} />
        ) : (
          <>
            <Headline className="text-head">{t('frame.guide')}</Headline>
            <p className="glass flex w-full flex-col gap-1 px-6 py-4 text-start landscape:text-center">
              <span className="text-note font-bold text-beam">{t('frame.prompt')}</span>
              <span className="text-lead font-semibold">{prompt}</span>
            </p>
            <button
              type="button"
              className="button button-primary w-full"
              disabled={phase !== 'framing'}
              onClick={() => send({ type: 'READY' })}
            >
              {t('frame.record')}
            </button>
            <p className="text-note text-mist">{t('frame.onlyThis')}</p>
          </>
        )}
      </div>
    </div>
  )
}

const Performing = ({ phase, prompt, onCancel }: { phase: 'countdown' | 'rolling'; prompt: string; onCancel: () => void }) => {
  const t = useTranslations('record')
  return (
    <>
      <p className="display flex items-center gap-4 text-title" role="status">
        {phase === 'rolling' && (
          <span
            className="size-[.5em] rounded-full bg-rec"
            style={{ animation: 'burn 1s ease-in-out infinite' }}
            aria-hidden="true"
          />
        )}
        {phase === 'rolling' ? t('recording') : t('getReady')}
      </p>
      <p className="max-w-[26ch] text-[max(24px,calc(var(--u)*5))] leading-tight font-semibold text-balance">{prompt}</p>
      <button type="button" className="button button-quiet" onClick={onCancel}>
        {t('stop')}
      </button>
    </>
  )
}
