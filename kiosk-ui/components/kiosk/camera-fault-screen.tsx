/** No picture: what happened, what helps, and a way to try again or go back. Tries again by itself when something changed. */
'use client'
import { useTranslations } from 'next-intl'
import { useCallback, useEffect } from 'react'
import type { CameraFault } from '../../lib/flow/flow-types.ts'
import { Icon } from '../icons.tsx'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowSend, useKiosk } from './kiosk-context.tsx'
import { Scenery } from './scenery.tsx'
import { useCameraProbe } from './use-camera-probe.ts'

export const CameraFaultScreen = ({ fault }: { fault: CameraFault }) => {
  const t = useTranslations('camera')
  const common = useTranslations('common')
  const send = useFlowSend()
  const kiosk = useKiosk()

  // Whatever takes the picture away from this visitor would take it from the next.
  const broken = fault !== 'recorder'
  useEffect(() => {
    if (broken) kiosk.noteCamera(fault)
  }, [kiosk, fault, broken])
  const goOn = useCallback(() => send({ type: 'RETRY', byItself: true }), [send])
  useCameraProbe(broken, goOn)

  return (
    <div className="absolute inset-0 flex flex-col">
      <Scenery dim />
      <Chrome step={4} onBack={() => send({ type: 'BACK' })} />
      <div className="relative flex grow flex-col items-center justify-center gap-8 px-10 text-center">
        <Icon name="camera" className="size-[calc(var(--u)*18)] text-gold" />
        <Headline>{t(fault)}</Headline>
        <p className="max-w-[34ch] text-lead text-mist">{t(`${fault}Why`)}</p>
        <button type="button" className="button button-primary mt-4" onClick={() => send({ type: 'RETRY' })}>
          <Icon name="again" />
          {common('retry')}
        </button>
        <button type="button" className="button button-quiet" onClick={() => send({ type: 'START_OVER' })}>
          {common('startOver')}
        </button>
      </div>
    </div>
  )
}
