/** The worlds on offer, each a moving card. One world fills the screen; several share it. */
'use client'
import { useTranslations } from 'next-intl'
import { Chrome } from './chrome.tsx'
import { Headline } from './headline.tsx'
import { useFlowContext, useFlowSend, useKioskState } from './kiosk-context.tsx'
import { SmallWorldCard, WorldCard } from './world-card.tsx'

/** As many as leave room for more than their names. */
const FEW = 2

/** How so many share the screen; more than six are scrolled to. */
const arrangementOf = (count: number): string => {
  if (count <= FEW) return 'landscape:grid-flow-col landscape:auto-cols-fr landscape:justify-center'
  if (count === 3) return 'landscape:grid-cols-3'
  return `grid-cols-2 ${count === 4 ? 'landscape:grid-cols-4' : 'landscape:grid-cols-3'} ${count > 6 ? 'scroll-quiet overflow-y-auto' : ''}`
}

export const WorldScreen = () => {
  const t = useTranslations('world')
  const { worlds } = useKioskState()
  const { language } = useFlowContext()
  const send = useFlowSend()
  const few = worlds.length <= FEW
  return (
    <div className="absolute inset-0 flex flex-col">
      <Chrome step={2} onBack={() => send({ type: 'BACK' })} />
      <div className="relative flex min-h-0 grow flex-col gap-6 px-8 pt-4 pb-10">
        <Headline className="text-title text-center">{t('title')}</Headline>
        {worlds.length === 0 && <p className="text-center text-lead text-mist">{t('loading')}</p>}
        <div className={`worlds reach grid min-h-0 grow auto-rows-fr gap-5 ${arrangementOf(worlds.length)}`}>
          {worlds.map((world, index) => {
            const card = { world, language, index, onChoose: () => send({ type: 'CHOOSE', pack: world.offer }) }
            const { packHash } = world.offer
            // Two worlds lie on top of each other in portrait: wide cards, of which the words take the lower part.
            if (few) return <WorldCard key={packHash} {...card} stacked={worlds.length === 2} />
            return <SmallWorldCard key={packHash} {...card} />
          })}
        </div>
      </div>
    </div>
  )
}
