/** The guide on the screen: what to say, where the face is, and the word that the take may begin. */
'use client'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { FLOW_MS } from '../../lib/flow/flow-types.ts'
import { createGuide, type Guidance } from '../../lib/guide/guide.ts'
import { type Instruction, starOf } from '../../lib/guide/instruction.ts'
import type { Look } from '../../lib/guide/look.ts'
import { useKiosk } from './kiosk-context.tsx'
import { showFace } from './oval-guide.tsx'

type Options = {
  video: RefObject<HTMLVideoElement | null>
  oval: RefObject<SVGSVGElement | null>
  stream: MediaStream | undefined
  /** Whether there is anybody to guide now. */
  active: boolean
  /** Whether a voice was heard; undefined without a microphone. */
  heard: boolean | undefined
  onGuidance: (guidance: Guidance) => void
}

/** @returns what to say; undefined as long as nothing is known, which is for ever where the networks did not load */
export const useGuide = ({ video, oval, stream, active, heard, onGuidance }: Options): Instruction | undefined => {
  const { pictures } = useKiosk()
  const [instruction, setInstruction] = useState<Instruction>()
  // What is heard, and who hears the guidance, may change without the guide beginning anew.
  const latest = useRef({ heard, onGuidance })
  useEffect(() => {
    latest.current = { heard, onGuidance }
  })
  useEffect(() => {
    const screen = video.current
    if (!active || !stream || !screen || !pictures) return
    const guide = createGuide(FLOW_MS.TAKE)
    const stop = pictures.watch(screen, (look: Look) => {
      const guidance = guide.see(look, performance.now(), latest.current.heard)
      if (oval.current) showFace(oval.current, look, starOf(look))
      setInstruction(guidance.instruction)
      latest.current.onGuidance(guidance)
    })
    return () => {
      stop()
      setInstruction(undefined)
    }
  }, [active, stream, video, oval, pictures])
  return instruction
}
