/** The empty stage of the world that the visitor chose, behind the words that their film waits for. Decoration only. */
'use client'
import { useBrand } from './brand-context.tsx'
import { useFlowContext, useKioskState } from './kiosk-context.tsx'

/** Which part of the screen it comes out in, all of it or where the code is not, and as much night as lets words be read before snow. */
const PARTS = {
  whole: {
    shape: '',
    night: 'bg-[radial-gradient(85%_52%_at_50%_48%,rgb(from_var(--night)_r_g_b/.72)_30%,rgb(from_var(--night)_r_g_b/.28))]',
  },
  'beside-the-code': {
    shape:
      'portrait:[mask-image:linear-gradient(180deg,transparent_38%,#000_74%)] landscape:ltr:[mask-image:linear-gradient(90deg,transparent_42%,#000_72%)] landscape:rtl:[mask-image:linear-gradient(270deg,transparent_42%,#000_72%)]',
    night: 'bg-[rgb(from_var(--night)_r_g_b/.46)]',
  },
} as const

/** Nothing where the world has no such picture, or the event has one of its own behind every screen. */
export const WorldStage = ({ part }: { part: keyof typeof PARTS }) => {
  const { pack } = useFlowContext()
  const { worlds } = useKioskState()
  const brand = useBrand()
  const stage = worlds.find(({ offer }) => offer.packHash === pack?.packHash)?.stage
  if (!stage || brand?.background) return null
  return (
    <div className={`scenery appear pointer-events-none absolute inset-0 ${PARTS[part].shape}`} aria-hidden="true">
      {/* biome-ignore lint/performance/noImgElement: a picture that the kiosk keeps already */}
      <img src={stage} alt="" className="size-full object-cover" />
      <div className={`absolute inset-0 ${PARTS[part].night}`} />
    </div>
  )
}
