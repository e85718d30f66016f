/** Holds one visitor's wishes for the screens, and the arrows by which a keypad walks over them. */
'use client'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { type Comfort, type ComfortName, PLAIN } from '../../lib/comfort/comfort.ts'
import { type Direction, nearest } from '../../lib/comfort/nearest.ts'

type Wishes = { comfort: Comfort; wish: (name: ComfortName, on: boolean) => void; forget: () => void }
const ComfortContext = createContext<Wishes>({ comfort: PLAIN, wish: () => undefined, forget: () => undefined })
export const useComfort = () => useContext(ComfortContext)

export const ComfortProvider = ({ children }: { children: ReactNode }) => {
  const [comfort, setComfort] = useState<Comfort>(PLAIN)
  const wish = useCallback((name: ComfortName, on: boolean) => setComfort((before) => ({ ...before, [name]: on })), [])
  const forget = useCallback(() => setComfort(PLAIN), [])
  const wishes = useMemo(() => ({ comfort, wish, forget }), [comfort, wish, forget])
  return <ComfortContext value={wishes}>{children}</ComfortContext>
}

const ARROWS: Record<string, Direction> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }
const REACHABLE = 'button:not([disabled]), [role=menuitem], [role=checkbox], [role=switch], a[href]'

/** Arrow keys go to the next thing to touch in their direction; menus keep their own. */
export const useArrows = () => {
  useEffect(() => {
    const go = (event: KeyboardEvent) => {
      const direction = ARROWS[event.key]
      const focused = document.activeElement
      if (!direction || event.defaultPrevented || focused?.closest('[role=menu]')) return
      const stage = focused?.closest('[role=dialog], [role=alertdialog]') ?? document.querySelector('.kiosk')
      const places = [...(stage?.querySelectorAll<HTMLElement>(REACHABLE) ?? [])].filter(
        (one) => one !== focused && one.checkVisibility(),
      )
      const from =
        focused && focused !== document.body ? focused.getBoundingClientRect() : { left: 0, right: 0, top: 0, bottom: 0 }
      const next =
        places[
          nearest(
            from,
            places.map((one) => one.getBoundingClientRect()),
            direction,
          )
        ]
      if (!next) return
      event.preventDefault()
      next.focus()
    }
    window.addEventListener('keydown', go)
    return () => window.removeEventListener('keydown', go)
  }, [])
}
