/** How far the visitor's voice stands above the hall, as twelve bars that need no reading. */
'use client'
import { useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import { listenTo, meterShare } from '../../lib/camera/meters.ts'
import { isHeard } from '../../lib/camera/speech-meter.ts'
import { Icon } from '../icons.tsx'

/** Heights of the bars, in the screen's unit. */
const BARS = Array.from({ length: 12 }, (_, index) => 1.6 + index * 0.22)

type Props = {
  stream: MediaStream | undefined
  /** Whether a voice was heard since the camera opened; undefined without a microphone. */
  heard: boolean | undefined
  onHeard: () => void
}

export const LevelMeter = ({ stream, heard, onHeard }: Props) => {
  const t = useTranslations('frame')
  const bars = useRef<HTMLSpanElement>(null)
  const silent = stream !== undefined && heard === undefined
  useEffect(() => {
    if (!stream) return
    let shown = 0
    return listenTo(stream, (hearing) => {
      // Rises at once and falls slowly, as a needle would.
      shown = Math.max(meterShare(hearing), shown * 0.94)
      const lit = Math.round(shown * BARS.length)
      for (const [index, bar] of [...(bars.current?.children ?? [])].entries())
        (bar as HTMLElement).style.opacity = index < lit ? '1' : '0.18'
      if (isHeard(hearing)) onHeard()
    })
  }, [stream, onHeard])
  return (
    <p
      className={`flex items-center gap-3 text-note font-semibold ${heard ? 'text-good' : silent ? 'text-gold' : 'text-ice'}`}
      role="status"
    >
      <Icon name="microphone" />
      {!silent && (
        <span ref={bars} className="flex items-end gap-[max(2px,calc(var(--u)*.4))]" dir="ltr" aria-hidden="true">
          {BARS.map((height) => (
            <span
              key={height}
              className="w-[max(4px,calc(var(--u)*.8))] rounded-full bg-current opacity-20"
              style={{ height: `calc(var(--u) * ${height})` }}
            />
          ))}
        </span>
      )}
      <span>{silent ? t('noSound') : heard ? t('soundGood') : t('sound')}</span>
    </p>
  )
}
