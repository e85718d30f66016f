/** A world's moving preview: silent, endless, marked as AI-generated, and still for those who asked for less motion. */
'use client'
import type { Language } from '@fanreel/protocol'
import { useRef } from 'react'
import { textIn, type World } from '../../lib/packs/pack-shelf.ts'
import { useFilm } from './use-film.ts'

type Props = {
  world: World
  language: Language
  /** Of the box that the film fills. */
  className: string
  /** Of the film in it: which part is kept where the shapes differ. */
  framing?: string
  /** Where the AI mark stands at the top. `left`, in every script: for boxes so low that a star's eyes, right of the middle, lie there. */
  markAt?: 'start' | 'left'
}

export const WorldLoop = ({ world, language, className, framing = '', markAt = 'start' }: Props) => {
  const video = useRef<HTMLVideoElement>(null)
  useFilm(video, world.loop, 'unless-still')
  if (!world.loop && !world.poster) {
    return (
      <div className={`${className} bg-[radial-gradient(90%_60%_at_50%_40%,var(--glow),var(--deep)_70%)]`} aria-hidden="true" />
    )
  }
  return (
    <div className={`overflow-hidden ${className}`}>
      <video
        ref={video}
        poster={world.poster}
        className={`absolute inset-0 size-full object-cover ${framing}`}
        muted
        loop
        playsInline
        preload="auto"
        aria-hidden="true"
        tabIndex={-1}
      />
      {/* Nearer to the edge in a box of little height that says how high it is. */}
      <span
        className={`ai-mark absolute ${markAt === 'left' ? 'top-[min(calc(var(--u)*3),8cqh)] left-3 px-3' : 'start-6 top-[min(calc(var(--u)*6),8cqh)] px-4'} rounded-full bg-night/70 py-1 text-note font-semibold text-ice`}
      >
        {textIn(world.pack.film.aiMark, language)}
      </span>
    </div>
  )
}
