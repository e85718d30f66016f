/** What every screen may ask for: the kiosk, its state, and the visitor's flow. */
'use client'
import { createActorContext } from '@xstate/react'
import { createContext, useContext, useSyncExternalStore } from 'react'
import { visitorFlow } from '../../lib/flow/visitor-flow.ts'
import type { Kiosk } from '../../lib/kiosk/kiosk.ts'
import type { KioskState } from '../../lib/kiosk/kiosk-state.ts'

const KioskContext = createContext<Kiosk | undefined>(undefined)
export const KioskProvider = KioskContext.Provider

export const useKiosk = (): Kiosk => {
  const kiosk = useContext(KioskContext)
  if (!kiosk) throw new Error('a screen stands outside its kiosk')
  return kiosk
}
export const useKioskState = (): KioskState => {
  const kiosk = useKiosk()
  return useSyncExternalStore(kiosk.subscribe, kiosk.getState, kiosk.getState)
}

export const Flow = createActorContext(visitorFlow)
export const useFlowContext = () => Flow.useSelector((snapshot) => snapshot.context)
export const useFlowSend = () => Flow.useActorRef().send
