/** The moving previews of all worlds that are open, one after the other: each appears over the one before it. */
'use client'
import type { Language } from '@fanreel/protocol'
import { useEffect, useState } from 'react'
import type { World } from '../../lib/packs/pack-shelf.ts'
import { WorldLoop } from './world-loop.tsx'

/** How long each world is shown, in milliseconds: its loop, of six seconds or a little more, about twice. */
const TURN_MS = 12_500

type Props = {
  /** One at least. */
  worlds: readonly World[]
  language: Language
  className: string
  framing: string
}

export const WorldTurns = ({ worlds, language, className, framing }: Props) => {
  const [turn, setTurn] = useState(0)
  // The turn whose world has fully appeared: what it covers is let go, so that one film is decoded, two for a moment.
  const [stands, setStands] = useState(0)
  const count = worlds.length
  useEffect(() => {
    if (count < 2) return
    const timer = setInterval(() => setTurn((before) => before + 1), TURN_MS)
    return () => clearInterval(timer)
  }, [count])
  const shown = stands < turn ? [turn - 1, turn] : [turn]
  return (
    <div className={`overflow-hidden ${className}`}>
      {shown.map((each) => {
        const world = worlds[each % count]
        return (
          world && (
            <div
              key={each}
              data-world={world.offer.packId}
              className={`absolute inset-0 ${each > 0 ? 'cross-fade' : ''}`}
              onAnimationEnd={() => setStands(each)}
            >
              <WorldLoop world={world} language={language} className="absolute inset-0" framing={framing} />
            </div>
          )
        )
      })}
    </div>
  )
}
