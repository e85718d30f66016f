/** "Still there?": twenty seconds, one touch to stay. */
'use client'
import { useTranslations } from 'next-intl'
import { AlertDialog } from 'radix-ui'
import { useEffect, useState } from 'react'
import { FLOW_MS } from '../../lib/flow/flow-types.ts'
import { Flow, useFlowSend } from './kiosk-context.tsx'
import { LanguageSwitch } from './language-switch.tsx'

const Seconds = () => {
  const t = useTranslations('idle')
  const [seconds, setSeconds] = useState(FLOW_MS.ASK / 1_000)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((left) => Math.max(0, left - 1)), 1_000)
    return () => clearInterval(timer)
  }, [])
  return <>{t('text', { seconds })}</>
}

export const IdleDialog = () => {
  const t = useTranslations('idle')
  const common = useTranslations('common')
  const send = useFlowSend()
  const asking = Flow.useSelector((snapshot) => snapshot.matches({ visit: { idle: 'asking' } }))
  return (
    <AlertDialog.Root open={asking}>
      <AlertDialog.Portal container={typeof document === 'undefined' ? null : document.querySelector<HTMLElement>('.kiosk')}>
        <AlertDialog.Overlay className="appear absolute inset-0 z-40 bg-night/80" />
        <AlertDialog.Content className="question glass rise absolute inset-x-8 top-1/2 z-50 mx-auto flex max-w-[calc(var(--u)*84)] -translate-y-1/2 flex-col items-center gap-7 bg-deep! p-10 text-center">
          <AlertDialog.Title className="display text-title">{t('title')}</AlertDialog.Title>
          <AlertDialog.Description className="text-lead text-mist">
            <Seconds />
          </AlertDialog.Description>
          <div className="h-[max(8px,calc(var(--u)*1.2))] w-full overflow-hidden rounded-full bg-ice/15" aria-hidden="true">
            <div
              className="clock h-full origin-left bg-gold rtl:origin-right"
              style={{ '--clock': `${FLOW_MS.ASK}ms`, animation: `empty ${FLOW_MS.ASK}ms linear both` } as React.CSSProperties}
            />
          </div>
          <AlertDialog.Action className="button button-primary w-full" onClick={() => send({ type: 'STAY' })}>
            {t('stay')}
          </AlertDialog.Action>
          <AlertDialog.Cancel className="button button-quiet w-full" onClick={() => send({ type: 'START_OVER' })}>
            {common('startOver')}
          </AlertDialog.Cancel>
          {/* Whoever cannot read the question: touching their language answers it too. */}
          <LanguageSwitch />
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
