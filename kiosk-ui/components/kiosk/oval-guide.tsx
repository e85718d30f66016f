/** Where the face belongs, the three numbers before the take, and the ring that counts its seconds down. */
'use client'
import { useTranslations } from 'next-intl'
import { type RefObject, useEffect, useState } from 'react'
import { FLOW_MS } from '../../lib/flow/flow-types.ts'
import type { Look, SeenFace } from '../../lib/guide/look.ts'
import { OVAL, ringOf, STAGE } from '../../lib/guide/oval.ts'

/** What lies beside and below the stage of a picture of another shape, shaded too: more than any picture has. */
const ALL = { x: -2 * STAGE.width, y: 0, width: 5 * STAGE.width, height: 3 * STAGE.height }

/** Lays the ring round the face in the mirrored picture; without a face it is gone. */
export const showFace = (oval: SVGSVGElement, look: Look, star: SeenFace | undefined): void => {
  oval.dataset.face = star ? 'found' : 'none'
  if (!star) return
  const { cx, cy, rx, ry } = ringOf(look, star.box)
  const place = { '--face-x': STAGE.width - cx, '--face-y': cy, '--face-rx': rx, '--face-ry': ry }
  for (const [name, value] of Object.entries(place)) oval.style.setProperty(name, `${value.toFixed(1)}px`)
}

const Countdown = () => {
  const [left, setLeft] = useState(FLOW_MS.COUNTDOWN / 1_000)
  useEffect(() => {
    const timer = setInterval(() => setLeft((number) => Math.max(1, number - 1)), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <span
      key={left}
      role="timer"
      className="display clock absolute inset-x-0 top-[42%] -translate-y-1/2 text-center text-[calc(var(--u)*52)] [paint-order:stroke] [-webkit-text-stroke:calc(var(--u)*1.6)_rgb(from_var(--night)_r_g_b/.7)]"
      lang="en"
      style={{ '--clock': '1s', animation: 'count 1s var(--ease-out) both' } as React.CSSProperties}
    >
      {left}
    </span>
  )
}

/** "Action!" for the first second, so that the eyes go back to the camera. */
const Action = () => {
  const t = useTranslations('record')
  return (
    <span
      className="display clock pointer-events-none absolute inset-x-0 top-[40%] text-center text-[calc(var(--u)*18*var(--script,1))] text-gold [paint-order:stroke] [-webkit-text-stroke:calc(var(--u)*1.2)_var(--night)]"
      style={{ '--clock': '1.3s', animation: 'count 1.3s var(--ease-out) both' } as React.CSSProperties}
    >
      {t('action')}
    </span>
  )
}

/** Five points round the origin, as large as a nose in the ring. */
const STAR = 'M0-16L4.1-5.7 15.2-4.9 6.7 2.2 9.4 12.9 0 7-9.4 12.9-6.7 2.2-15.2-4.9-4.1-5.7z'

type Props = {
  phase: 'opening' | 'framing' | 'countdown' | 'rolling'
  /** All is well. */
  good: boolean
  /** Others are in the picture too: a star over the ring says whose film it will be. */
  several: boolean
  /** Whose `data-face` and place the guide sets by `showFace`. */
  oval: RefObject<SVGSVGElement | null>
}

export const OvalGuide = ({ phase, good, several, oval }: Props) => (
  <>
    <svg
      ref={oval}
      viewBox={`0 0 ${STAGE.width} ${STAGE.height}`}
      preserveAspectRatio="xMidYMin meet"
      className="oval absolute inset-0 size-full overflow-visible"
      data-face="none"
      aria-hidden="true"
    >
      {phase === 'framing' && (
        <>
          <mask id="oval-hole">
            <rect {...ALL} fill="#fff" />
            <ellipse {...OVAL} fill="#000" />
          </mask>
          <rect className="oval-shade" {...ALL} fill="rgb(from var(--night) r g b / 0.55)" mask="url(#oval-hole)" />
          <ellipse className="oval-face" fill="none" stroke={good ? 'var(--good)' : 'var(--gold)'} strokeWidth={good ? 5 : 3} />
          {several && <path className="oval-star" d={STAR} fill="var(--gold)" stroke="var(--night)" strokeWidth="1.5" />}
        </>
      )}
      {phase !== 'opening' && (
        <g className={phase === 'framing' ? 'oval-place' : undefined} fill="none">
          {/* Before a white wall a light line is seen by its dark edge: one and a half on each side, and at each end of a dash. */}
          <ellipse
            {...OVAL}
            stroke="rgb(from var(--night) r g b / 0.7)"
            strokeWidth={phase === 'rolling' ? 8 : 5}
            strokeDasharray={phase === 'framing' ? '10 2' : undefined}
            strokeDashoffset={1.5}
          />
          <ellipse
            {...OVAL}
            stroke={phase === 'rolling' ? 'rgb(255 255 255 / 0.25)' : 'var(--ice)'}
            strokeWidth={phase === 'rolling' ? 5 : 2}
            strokeDasharray={phase === 'framing' ? '7 5' : undefined}
          />
        </g>
      )}
      {phase === 'rolling' && (
        <path
          d={`M${OVAL.cx} ${OVAL.cy - OVAL.ry}a${OVAL.rx} ${OVAL.ry} 0 0 1 0 ${OVAL.ry * 2}a${OVAL.rx} ${OVAL.ry} 0 0 1 0 ${-OVAL.ry * 2}`}
          className="clock"
          fill="none"
          stroke="var(--rec)"
          strokeWidth="5"
          strokeLinecap="round"
          pathLength="1"
          strokeDasharray="1"
          style={{ '--clock': `${FLOW_MS.TAKE}ms`, animation: `wind ${FLOW_MS.TAKE}ms linear both` } as React.CSSProperties}
        />
      )}
    </svg>
    <div className="pointer-events-none absolute inset-x-0 top-0 mx-auto aspect-3/4 max-h-full">
      {phase === 'countdown' && <Countdown />}
      {phase === 'rolling' && <Action />}
    </div>
  </>
)
