/** A world's moving preview: silent, endless, and still for those who asked for less motion. */
'use client'
import { useEffect, useRef } from 'react'
import type { World } from '../../lib/packs/pack-shelf.ts'

export const WorldLoop = ({ world, className }: { world: World; className: string }) => {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    // A refused autoplay leaves the poster, which is what remains to be shown.
    if (!still) video.current?.play().catch(() => undefined)
  }, [])
  if (!world.loop && !world.poster) {
    return <div className={`${className} bg-[radial-gradient(90%_60%_at_50%_40%,#2a4ea8,#0a1024_70%)]`} aria-hidden="true" />
  }
  return (
    <video
      ref={video}
      src={world.loop}
      poster={world.poster}
      className={className}
      muted
      loop
      playsInline
      preload="auto"
      aria-hidden="true"
      tabIndex={-1}
    />
  )
}
