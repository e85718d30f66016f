/** Shows each touch where it landed, before anything comes of it. */
'use client'
import { useEffect } from 'react'

/** A touch is seen for so long, in milliseconds: a quick one is over before the next picture is drawn. */
const SEEN_MS = 160
const TOUCHABLE = 'button, label'

/**
 * Marks what a finger lands on by `data-pressed`, at once. A touch screen's browser sets `:active` only once it is sure that
 * a tap is meant and no scrolling, and takes it back before it draws where the tap is quick.
 */
export const usePressed = (): void => {
  useEffect(() => {
    let pressed: HTMLElement | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    const release = () => {
      clearTimeout(timer)
      delete pressed?.dataset.pressed
    }
    const press = ({ target }: PointerEvent) => {
      release()
      pressed = target instanceof Element ? target.closest<HTMLElement>(TOUCHABLE) : null
      if (!pressed) return
      pressed.dataset.pressed = ''
      timer = setTimeout(release, SEEN_MS)
    }
    window.addEventListener('pointerdown', press)
    return () => {
      window.removeEventListener('pointerdown', press)
      release()
    }
  }, [])
}
