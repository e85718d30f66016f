/** Consent, read at every hop: what the visitor agreed to decides what may be done with their clip (E1). */
import type { RenderTier } from '@fanreel/protocol'
import type { Visit } from '../visits/visit.ts'

/** Whether the visitor agreed to have a film made on this tier. The cloud is a purpose of its own. */
export const permitsRender = ({ consent }: Pick<Visit, 'consent'>, tier: RenderTier): boolean =>
  consent.ofAgeOrGuardian && consent.purposes.includes('make-film') && (tier !== 'cloud' || consent.purposes.includes('cloud'))

/** Whether what was made of the visitor may be shown and handed out: only what they agreed to have made, where it was made. */
export const permitsPickup = (visit: Pick<Visit, 'consent' | 'render'>): boolean =>
  permitsRender(visit, visit.render?.tier ?? 'cpu')
