/**
 * The kiosk's own settings, for the team: five touches in the corner of the invitation, a PIN, and what a technician wants
 * to know with a screwdriver in the other hand. In English, as all that operators read.
 */
'use client'
import { Dialog } from 'radix-ui'
import { useEffect, useRef, useState } from 'react'
import type { Opened } from '../../../lib/kiosk/admin-answers.ts'
import { useKiosk } from '../kiosk-context.tsx'
import { AdminPanel } from './admin-panel.tsx'
import { PinPad } from './pin-pad.tsx'

const TOUCHES = 5
const WITHIN_MS = 4_000
/** Left open by somebody who was called away, it closes by itself. */
const FORGOTTEN_MS = 120_000

/** Swallows touches in a corner of the invitation and counts them. Nothing is seen, and nothing is there for a visitor. */
const Corner = ({ onOpen }: { onOpen: () => void }) => {
  const touches = useRef<number[]>([])
  const touch = (event: React.PointerEvent) => {
    event.stopPropagation()
    const now = performance.now()
    touches.current = [...touches.current.filter((at) => now - at < WITHIN_MS), now]
    if (touches.current.length < TOUCHES) return
    touches.current = []
    onOpen()
  }
  return (
    <div
      className="absolute end-0 top-0 z-20 size-(--touch)"
      onPointerDown={touch}
      onClick={(event) => event.stopPropagation()}
      aria-hidden="true"
      data-testid="admin-corner"
    />
  )
}

export const Admin = () => {
  const { settings } = useKiosk()
  const [stage, setStage] = useState<'shut' | 'pin' | Opened>('shut')
  const shut = () => setStage('shut')
  useEffect(() => {
    if (stage === 'shut') return
    let timer = setTimeout(() => setStage('shut'), FORGOTTEN_MS)
    const stir = () => {
      clearTimeout(timer)
      timer = setTimeout(() => setStage('shut'), FORGOTTEN_MS)
    }
    window.addEventListener('pointerdown', stir)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('pointerdown', stir)
    }
  }, [stage])

  if (!settings.hasPin) return null
  return (
    <>
      <Corner onOpen={() => setStage('pin')} />
      <Dialog.Root open={stage !== 'shut'} onOpenChange={(open) => open || shut()}>
        <Dialog.Portal container={typeof document === 'undefined' ? null : document.querySelector<HTMLElement>('.kiosk')}>
          <Dialog.Content
            className="scroll-quiet absolute inset-0 z-50 flex flex-col gap-6 bg-deep p-8"
            lang="en"
            dir="ltr"
            aria-describedby={undefined}
          >
            <header className="flex items-center justify-between gap-6">
              <Dialog.Title className="display text-title">This kiosk</Dialog.Title>
              <Dialog.Close className="button button-quiet">Close</Dialog.Close>
            </header>
            {stage === 'pin' && <PinPad onRight={setStage} />}
            {typeof stage === 'object' && <AdminPanel opened={stage} />}
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  )
}
