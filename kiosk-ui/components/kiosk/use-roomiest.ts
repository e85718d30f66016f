/** Sets words as large as their place allows, so that a long text is read from as far away as a short one. */
import { type RefObject, useLayoutEffect } from 'react'

/** Factors on a screen's own sizes, from the roomiest to its own. */
const STEPS = [1.5, 1.4, 1.32, 1.24, 1.16, 1.08, 1] as const
/** Edges fall between pixels. */
const SLACK_PX = 1

const fits = (element: HTMLElement): boolean => element.scrollHeight <= element.clientHeight + SLACK_PX

/**
 * Sets `--roomy` on `page` to the largest factor at which neither `page` nor `reading` in it has to be scrolled; to 1 where both
 * do all the same. Looks anew when the screen changes its size, a visitor their wishes, or the fonts have come.
 */
export const useRoomiest = (page: RefObject<HTMLElement | null>, reading: RefObject<HTMLElement | null>): void => {
  useLayoutEffect(() => {
    const [outer, inner] = [page.current, reading.current]
    const stage = outer?.closest('.kiosk')
    if (!outer || !inner || !stage) return
    const fit = () => {
      for (const step of STEPS) {
        outer.style.setProperty('--roomy', String(step))
        if (fits(outer) && fits(inner)) return
      }
    }
    fit()
    const shape = new ResizeObserver(fit)
    shape.observe(stage)
    const wishes = new MutationObserver(fit)
    wishes.observe(stage, { attributeFilter: ['data-text', 'data-reach', 'lang'] })
    document.fonts.addEventListener('loadingdone', fit)
    return () => {
      shape.disconnect()
      wishes.disconnect()
      document.fonts.removeEventListener('loadingdone', fit)
    }
  }, [page, reading])
}
