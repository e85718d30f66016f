/** One line of truth and one bar. */
'use client'
import { useTranslations } from 'next-intl'
import { Progress as Bar } from 'radix-ui'
import { type Progress, spokenWait } from '../../lib/flow/progress-of.ts'

/** Share of the bar for each part of the way, so that it never runs backwards: sending, waiting, making. */
const shareOf = (progress: Progress): number | null => {
  switch (progress.kind) {
    case 'sending':
      return progress.fraction * 0.15
    case 'queued':
      return 0.18
    case 'rendering':
      return 0.2 + progress.fraction * 0.78
    case 'held':
      return 0.98
    case 'ready':
      return 1
    default:
      return null
  }
}

export const FilmProgress = ({ progress }: { progress: Progress }) => {
  const t = useTranslations('pickup')
  const share = shareOf(progress)
  const waitMs = 'waitMs' in progress ? progress.waitMs : undefined
  const wait = waitMs === undefined ? undefined : spokenWait(waitMs)
  const line = () => {
    switch (progress.kind) {
      case 'queued':
        return t('queued', { place: progress.place ?? 0 })
      case 'rendering':
        return progress.stage ? t(`stage.${progress.stage}`) : t('rendering')
      // What there is to say stands in the place of the code, or above it.
      case 'refused':
      case 'gone':
      case 'ended':
        return ''
      case 'failed':
        return t('failedWhy')
      default:
        return t(progress.kind)
    }
  }
  return (
    <section
      className={`glass flex flex-col gap-3 px-6 py-5 ${progress.kind === 'ready' ? 'border-gold! shadow-[0_0_calc(var(--u)*10)_rgb(from_var(--gold)_r_g_b/.4)]' : ''}`}
      aria-live="polite"
      data-kind={progress.kind}
    >
      <p className="flex flex-wrap items-baseline justify-between gap-x-6">
        <span
          className={
            progress.kind === 'ready'
              ? 'display text-[calc(max(30px,var(--u)*8*var(--script,1))*var(--title-scale,1))] text-gold'
              : progress.kind === 'offline' || progress.kind === 'unavailable'
                ? 'text-body'
                : 'text-lead font-semibold'
          }
        >
          {line()}
        </span>
        {wait && (
          <span className="shrink-0 text-body font-semibold text-beam">
            {'minutes' in wait ? t('wait', wait) : t('waitSeconds', wait)}
          </span>
        )}
      </p>
      {share !== null && (
        <Bar.Root
          value={Math.round(share * 100)}
          className="h-[max(10px,calc(var(--u)*1.6))] overflow-hidden rounded-full bg-ice/15"
          aria-label={line()}
        >
          <Bar.Indicator
            className="relative h-full origin-left overflow-hidden rounded-full bg-[linear-gradient(90deg,var(--beam),var(--gold))] transition-transform duration-700 ease-show rtl:origin-right"
            style={{ transform: `scaleX(${share})` }}
          />
        </Bar.Root>
      )}
    </section>
  )
}
