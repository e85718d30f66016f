/** A film on a screen, for as long as the screen stands. */
'use client'
import { type RefObject, useEffect } from 'react'

/**
 * Loads a film into its player, and takes it out when the screen goes. A player that is only left behind keeps its decoder
 * and its pictures until the next collection, and nothing says when that is.
 * @param address of the film; nothing is loaded as long as there is none
 * @param starts whether it plays by itself even for those who asked their machine for less motion
 */
export const useFilm = (
  video: RefObject<HTMLVideoElement | null>,
  address: string | undefined,
  starts: 'always' | 'unless-still',
): void => {
  useEffect(() => {
    const player = video.current
    if (!player || address === undefined) return
    const plays = starts === 'always' || !window.matchMedia('(prefers-reduced-motion: reduce)').matches
    player.src = address
    // A refused start leaves the poster or the first picture, which is what remains to be shown.
    if (plays) player.play().catch(() => undefined)
    return () => {
      player.removeAttribute('src')
      player.load()
    }
  }, [video, address, starts])
}
