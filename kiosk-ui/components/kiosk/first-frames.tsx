/** Frames of the film as they appear, for whoever stays to watch. */
'use client'
import type { VisitView } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useKiosk } from './kiosk-context.tsx'

const SHOWN = 6

export const FirstFrames = ({ view }: { view: VisitView | undefined }) => {
  const t = useTranslations('pickup')
  const { settings } = useKiosk()
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set())
  const frames = (view?.previews ?? []).filter((frame) => !broken.has(frame)).slice(-SHOWN)
  if (frames.length === 0) return null
  return (
    // biome-ignore lint/a11y/useSemanticElements: a strip of pictures, not a set of form fields
    <div role="group" aria-label={t('frames')} className="frames grid grid-cols-6 gap-3">
      {frames.map((frame) => (
        // biome-ignore lint/performance/noImgElement: a frame that lives for seconds gains nothing from an image server
        <img
          key={frame}
          src={`${settings.orchestratorUrl}${frame}`}
          alt=""
          className="rise aspect-3/4 w-full rounded-[calc(var(--u)*1.6)] border border-ice/30 object-cover"
          onError={() => setBroken((before) => new Set(before).add(frame))}
        />
      ))}
    </div>
  )
}
