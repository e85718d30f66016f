/** In front of the camera: the mirrored picture, where to stand, what to do, then 3-2-1 and the take. */
'use client'
import { useTranslations } from 'next-intl'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { recordTake } from '../../lib/camera/record-take.ts'
import { type CameraFault, FLOW_MS } from '../../lib/flow/flow-types.ts'
import type { Guidance } from '../../lib/guide/guide.ts'
import { textIn } from '../../lib/packs/pack-shelf.ts'
import { Icon } from '../icons.tsx'
import { CameraFaultScreen } from './camera-fault-screen.tsx'
import { Chrome } from './chrome.tsx'
import { InstructionLine } from './instruction-line.tsx'
import { Flow, useFlowContext, useFlowSend, useKiosk, useKioskState } from './kiosk-context.tsx'
import { LevelMeter } from './level-meter.tsx'
import { OvalGuide } from './oval-guide.tsx'
import { PictureBox } from './picture-box.tsx'
import { useCamera } from './use-camera.ts'
import { useGuide } from './use-guide.ts'
import { useTakeWatch } from './use-take-watch.ts'

type Phase = 'opening' | 'framing' | 'countdown' | 'rolling' | 'fault'

export const StudioScreen = () => {
  const t = useTranslations()
  const kiosk = useKiosk()
  const { vault } = kiosk
  const { worlds, soundFault } = useKioskState()
  const { language, pack, cameraFault, handsFree } = useFlowContext()
  const send = useFlowSend()
  const phase = Flow.useSelector(({ value }) => {
    const step = typeof value === 'object' && 'visit' in value ? value.visit.step : undefined
    return (typeof step === 'object' ? step.studio : 'opening') as Phase
  })
  const video = useRef<HTMLVideoElement>(null)
  const oval = useRef<SVGSVGElement>(null)
  const [voice, setVoice] = useState(false)
  const byItself = useRef(false)
  const fault = useCallback((reason: CameraFault) => send({ type: 'CAMERA_FAULT', fault: reason }), [send])
  const stream = useCamera(phase !== 'fault', video, fault, kiosk.noteSound)
  const hear = useCallback(() => setVoice(true), [])
  const heard = soundFault ? undefined : voice
  const guidance = useCallback(
    ({ start, empty }: Guidance) => {
      if (phase === 'framing' && start && handsFree) {
        byItself.current = true
        send({ type: 'READY' })
      }
      // Whoever began by hand is taken at their word, seen or not.
      if (phase === 'countdown' && empty && byItself.current) send({ type: 'STEPPED_OUT' })
    },
    [phase, handsFree, send],
  )
  const active = phase === 'framing' || phase === 'countdown'
  const instruction = useGuide({ video, oval, stream, active, heard, onGuidance: guidance })
  const unfit = useTakeWatch({ video, stream, rolling: phase === 'rolling' })

  useEffect(() => {
    const screen = video.current
    if (!screen || !stream) return
    const ready = () => {
      kiosk.noteCamera(undefined)
      send({ type: 'CAMERA_READY' })
    }
    screen.addEventListener('playing', ready, { once: true })
    screen.play().catch(() => fault('unknown'))
    return () => screen.removeEventListener('playing', ready)
  }, [stream, kiosk, send, fault])

  useEffect(() => {
    if (phase !== 'rolling' || !stream) return
    const leaving = new AbortController()
    recordTake(stream, { ms: FLOW_MS.TAKE, vault, signal: leaving.signal }).then(
      (take) => {
        if (take && !leaving.signal.aborted) send({ type: 'RECORDED', take, unfit: unfit() })
      },
      () => {
        if (!leaving.signal.aborted) fault('recorder')
      },
    )
    return () => leaving.abort()
  }, [phase, stream, vault, unfit, send, fault])

  if (phase === 'fault') return <CameraFaultScreen fault={cameraFault ?? 'unknown'} />
  const world = worlds.find(({ offer }) => offer.packHash === pack?.packHash)
  const prompt = world ? textIn(world.pack.prompt, language) : t('frame.defaultPrompt')
  const working = phase === 'countdown' || phase === 'rolling'
  return (
    <div className="absolute inset-0 bg-night landscape:bg-[radial-gradient(70%_80%_at_74%_50%,var(--steel),var(--night)_80%)]">
      <PictureBox shadeFrom={0.5}>
        {(noteShape) => (
          <>
            <video
              ref={video}
              muted
              playsInline
              onLoadedMetadata={noteShape}
              onResize={noteShape}
              className={`mirrored size-full transition-opacity duration-500 ${phase === 'opening' ? 'opacity-0' : ''}`}
              aria-label={t('frame.picture')}
            />
            <OvalGuide phase={phase} good={instruction === 'ready'} several={instruction === 'oneStar'} oval={oval} />
            {phase === 'opening' && (
              // Where the face will be.
              <span className="appear absolute inset-x-0 top-0 grid aspect-3/4 place-items-center pb-[24%]" aria-hidden="true">
                <Icon name="camera" className="size-[calc(var(--u)*18)] text-ice/40" />
              </span>
            )}
          </>
        )}
      </PictureBox>
      {/* No language while it counts and records: for these ten seconds the eyes belong to the camera, and Cancel is one touch from the switch. */}
      {!working && (
        <div className="absolute inset-x-0 top-0">
          <Chrome step={4} onBack={() => send({ type: 'BACK' })} />
        </div>
      )}
      <div className="reach isolate absolute inset-x-0 bottom-0 flex flex-col items-center gap-5 px-8 pb-10 text-center landscape:inset-y-0 landscape:start-[75vh] landscape:end-0 landscape:justify-center landscape:px-12 landscape:pt-12">
        <div className="words-shade landscape:hidden" aria-hidden="true" />
        {working ? (
          <Performing phase={phase} prompt={prompt} onCancel={() => send({ type: 'CANCEL' })}>
            {phase === 'rolling' && <LevelMeter stream={stream} heard={heard} onHeard={hear} />}
          </Performing>
        ) : (
          <>
            <InstructionLine instruction={instruction} opening={phase === 'opening'} />
            <div className="glass flex w-full flex-col gap-2 px-6 py-4 text-start">
              <span className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
                <span className="text-note font-bold text-beam">{t('frame.prompt')}</span>
                <LevelMeter stream={stream} heard={heard} onHeard={hear} />
              </span>
              <span className="text-lead font-semibold">{prompt}</span>
            </div>
            <button
              type="button"
              className="button button-primary w-full"
              disabled={phase !== 'framing'}
              onClick={() => {
                byItself.current = false
                send({ type: 'READY' })
              }}
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

type Performance = { phase: 'countdown' | 'rolling'; prompt: string; onCancel: () => void; children: ReactNode }

const Performing = ({ phase, prompt, onCancel, children }: Performance) => {
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
      {children}
      <p className="max-w-[26ch] text-[calc(max(24px,var(--u)*5)*var(--text-scale,1))] leading-tight font-semibold text-balance">
        {prompt}
      </p>
      <button type="button" className="button button-quiet" onClick={onCancel}>
        {t('stop')}
      </button>
    </>
  )
}
