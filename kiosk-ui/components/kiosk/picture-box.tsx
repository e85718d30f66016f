/** The box of the filmed picture, live or played: of the picture's own shape, so that nothing of it is cut off. */
'use client'
import { type ReactNode, type SyntheticEvent, useState } from 'react'
import { PICTURE_RATIO } from '../../lib/camera/picture-shape.ts'

type Props = {
  /** Where the shade that words in portrait are read on begins, as a share of an upright picture's height. */
  shadeFrom: number
  children: (noteShape: (event: SyntheticEvent<HTMLVideoElement>) => void) => ReactNode
}

/**
 * At the top of a portrait screen, at the start of a landscape one. Its child is the player, which notes its shape on
 * `loadedmetadata` and `resize`.
 */
export const PictureBox = ({ shadeFrom, children }: Props) => {
  const [ratio, setRatio] = useState(PICTURE_RATIO)
  const noteShape = ({ currentTarget: { videoWidth, videoHeight } }: SyntheticEvent<HTMLVideoElement>) => {
    if (videoHeight > 0) setRatio(videoWidth / videoHeight)
  }
  // A picture taller than the upright one lies under the words too, and is seen there: its shade does not end in night.
  const foot = ratio < PICTURE_RATIO ? 'rgb(from var(--night) r g b / .82)' : 'var(--night)'
  const height = 1 - shadeFrom * Math.min(1, ratio / PICTURE_RATIO)
  return (
    <div
      className="absolute inset-x-0 top-0 mx-auto w-[min(100vw,100vh*var(--ratio))] overflow-hidden landscape:inset-x-auto landscape:start-[calc((75vh-min(75vh,100vh*var(--ratio)))/2)] landscape:w-[min(75vh,100vh*var(--ratio))]"
      style={{ '--ratio': ratio, aspectRatio: ratio } as React.CSSProperties}
      data-testid="picture"
    >
      {children(noteShape)}
      <div
        className="shade pointer-events-none absolute inset-x-0 bottom-0 bg-[linear-gradient(180deg,transparent,rgb(from_var(--night)_r_g_b/0.72)_46%,var(--foot))] landscape:hidden"
        style={{ '--foot': foot, height: `${(100 * height).toFixed(1)}%` } as React.CSSProperties}
        aria-hidden="true"
      />
    </div>
  )
}
