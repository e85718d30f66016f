/** No picture: what happened, what helps, and a way to try again or go back. */
'use client'
import { useTranslations } from 'next-intl'
import type { CameraFault } from '../../lib/flow/flow-types.ts'
import { Icon } from '../icons.tsx'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowSend } from './kiosk-context.tsx'
import { Scenery } from './scenery.tsx'

export const CameraFaultScreen = ({ fault }: { fault: CameraFault }) => {
  const t = useTranslations('camera')
  const common = useTranslations('common')
  const send = useFlowSend()
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
