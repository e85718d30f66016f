/** The worlds on offer, each a moving card. One world fills the screen; several share it. */
'use client'
import { useTranslations } from 'next-intl'
import { textIn } from '../../lib/packs/pack-shelf.ts'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowContext, useFlowSend, useKioskState } from './kiosk-context.tsx'
import { WorldLoop } from './world-loop.tsx'

export const WorldScreen = () => {
  const t = useTranslations('world')
  const { worlds } = useKioskState()
  const { language } = useFlowContext()
  const send = useFlowSend()
  // Two worlds lie on top of each other in portrait: wide cards, of which the words take the lower part.
  const stacked = worlds.length === 2
  return (
    <div className="absolute inset-0 flex flex-col">
      <Chrome step={2} onBack={() => send({ type: 'BACK' })} />
      <div className="relative flex min-h-0 grow flex-col gap-6 px-8 pt-4 pb-10">
        <Headline className="text-title text-center">{t('title')}</Headline>
        {worlds.length === 0 && <p className="text-center text-lead text-mist">{t('loading')}</p>}
        <div
          className={`worlds reach grid min-h-0 grow auto-rows-fr gap-5 ${worlds.length > 2 ? 'sm:grid-cols-2' : ''} landscape:grid-flow-col landscape:auto-cols-fr landscape:justify-center`}
        >
          {worlds.map((world, index) => (
            <button
              key={world.offer.packHash}
              type="button"
              onClick={() => send({ type: 'CHOOSE', pack: world.offer })}
              className="rise relative flex min-h-[max(280px,calc(var(--u)*60))] flex-col items-stretch justify-end overflow-hidden rounded-card border-2 border-ice/25 text-start shadow-[0_calc(var(--u)*2)_calc(var(--u)*10)_rgb(0_0_0/.6)] transition-transform active:scale-[.98] landscape:mx-auto landscape:w-full landscape:max-w-[calc(var(--u)*90)]"
              style={{ '--step': index + 2 } as React.CSSProperties}
            >
              <WorldLoop
                world={world}
                language={language}
                className="absolute inset-0"
                markAt="left"
                framing={stacked ? 'portrait:object-[50%_41%] landscape:object-[50%_18%]' : 'object-[50%_30%]'}
              />
              <span className="relative isolate flex flex-wrap items-end justify-between gap-3 p-6 pt-0">
                <span className="words-shade" aria-hidden="true" />
                <span className="flex min-w-[55%] grow basis-0 flex-col gap-2">
                  <span className="display text-[calc(max(30px,var(--u)*8.5*var(--script,1))*var(--title-scale,1))]">
                    {textIn(world.pack.title, language)}
                  </span>
                  <span className="text-body text-ice/90 text-balance">{textIn(world.pack.tagline, language)}</span>
                </span>
                <span className="button button-primary">{t('choose')}</span>
              </span>
            </button>
          ))}
        </div>
      </div>
    </div>
  )
}
