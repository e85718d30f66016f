/** Where the present visitor's film stands, from what this kiosk and the orchestrator know. */
'use client'
import { type Progress, progressOf } from '../../lib/flow/progress-of.ts'
import { useFlowContext, useKioskState } from './kiosk-context.tsx'

export const useFilmProgress = (): Progress => {
  const { connection, code, outgoing } = useKioskState()
  const { keys, view } = useFlowContext()
  return progressOf({ view, outgoing: outgoing?.visitId === keys?.visitId ? outgoing : undefined, connection, code })
}
