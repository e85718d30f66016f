/** Which screen stands for which state, and what runs beside all of them: admission, touches, the idle question. */
'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { PLAIN } from '../../lib/comfort/comfort.ts'
import { FLOW_MS } from '../../lib/flow/flow-types.ts'
import { Admin } from './admin/admin.tsx'
import { AttractScreen } from './attract-screen.tsx'
import { useArrows, useComfort } from './comfort-context.tsx'
import { ConsentScreen } from './consent-screen.tsx'
import { FarewellScreen } from './farewell-screen.tsx'
import { Guidance } from './guidance.ts'
import { IdleDialog } from './idle-dialog.tsx'
import { Flow, useFlowContext, useFlowSend, useKiosk, useKioskState } from './kiosk-context.tsx'
import { LanguageScreen } from './language-screen.tsx'
import { NameScreen } from './name-screen.tsx'
import { PickupScreen } from './pickup-screen.tsx'
import { ReviewScreen } from './review-screen.tsx'
import { Scenery } from './scenery.tsx'
import { Spoken } from './spoken.tsx'
import { StudioScreen } from './studio-screen.tsx'
import { useCameraProbe } from './use-camera-probe.ts'
import { usePressed } from './use-pressed.ts'
import { WorldScreen } from './world-screen.tsx'

const STEPS = {
  language: LanguageScreen,
  consent: ConsentScreen,
  world: WorldScreen,
  name: NameScreen,
  studio: StudioScreen,
  review: ReviewScreen,
  pickup: PickupScreen,
} as const

/** Screens before the same scenery, which stays while they change: it is painted once, and its light goes on moving. */
const BEFORE_SCENERY = { language: 'bright', consent: 'dim', world: 'dim', name: 'dim', pickup: 'dim' } as const

/** A screen hears no touch for this long after it came: the second half of a double tap was meant for the one before. */
const DEAF_MS = 400

/** Whether the present screen has stood long enough to be touched. */
const useStanding = (moment: string): boolean => {
  const [heard, setHeard] = useState<string>()
  useEffect(() => {
    const timer = setTimeout(() => setHeard(moment), DEAF_MS)
    return () => clearTimeout(timer)
  }, [moment])
  return heard === moment
}

/** What one visitor wished goes with them: at once after a visit, after a while where they never began one. */
const useForgetting = (home: boolean) => {
  const { comfort, forget } = useComfort()
  const visited = useRef(false)
  useEffect(() => {
    if (home && visited.current) forget()
    visited.current = !home
  }, [home, forget])
  useEffect(() => {
    if (!home || comfort === PLAIN) return
    const timer = setTimeout(forget, FLOW_MS.PASSER_BY)
    return () => clearTimeout(timer)
  }, [home, comfort, forget])
}

export const Screens = () => {
  const kiosk = useKiosk()
  const { admission, worlds, terms, waiting, cameraFault } = useKioskState()
  const { language } = useFlowContext()
  const send = useFlowSend()
  const maxTakes = terms?.maxTakes ?? 1
  const step = Flow.useSelector(({ value }) =>
    typeof value === 'string'
      ? value
      : 'attract' in value
        ? 'attract'
        : typeof value.visit.step === 'string'
          ? value.visit.step
          : 'studio',
  )
  const moment = Flow.useSelector(({ value }) =>
    typeof value === 'object' && 'visit' in value ? JSON.stringify(value.visit.step) : step,
  )
  const standing = useStanding(moment)
  useArrows()
  usePressed()
  useForgetting(step === 'attract')

  useEffect(() => send({ type: 'ADMISSION', admission, maxTakes }), [send, admission, maxTakes])
  useEffect(() => {
    const stir = () => send({ type: 'ACTIVITY' })
    const refuse = (event: Event) => event.preventDefault()
    window.addEventListener('pointerdown', stir)
    window.addEventListener('keydown', stir)
    // A long press must not open the browser's own menu on a public screen.
    window.addEventListener('contextmenu', refuse)
    return () => {
      window.removeEventListener('pointerdown', stir)
      window.removeEventListener('keydown', stir)
      window.removeEventListener('contextmenu', refuse)
    }
  }, [send])

  // Nobody stands here: the camera that failed the last visitor is looked at again, so that the kiosk opens by itself.
  const found = useCallback(() => kiosk.noteCamera(undefined), [kiosk])
  useCameraProbe(step === 'attract' && cameraFault !== undefined, found)

  const scenery = step in BEFORE_SCENERY ? BEFORE_SCENERY[step as keyof typeof BEFORE_SCENERY] : undefined
  const Step = step in STEPS ? STEPS[step as keyof typeof STEPS] : undefined
  return (
    <Spoken language={language}>
      <div className="screens contents" style={standing ? undefined : { pointerEvents: 'none' }}>
        {scenery && <Scenery dim={scenery === 'dim'} />}
        {step === 'attract' && (
          <AttractScreen
            admission={admission}
            worlds={worlds}
            language={language}
            waiting={waiting}
            onTouch={() => send({ type: 'TOUCH' })}
            onLanguage={(chosen) => send({ type: 'LANGUAGE', language: chosen })}
          />
        )}
        {step === 'attract' && <Admin />}
        {(step === 'goodbye' || step === 'refused') && <FarewellScreen kind={step} />}
        {Step && <Step />}
      </div>
      {Step && <IdleDialog />}
      <Guidance moment={moment} />
    </Spoken>
  )
}
