/** An event's colours as the kiosk's style sheet knows them. */
import type { Brand } from '@fanreel/protocol'

/** The colours as the style sheet's own properties. */
export const brandProperties = ({ colours }: Pick<Brand, 'colours'>): Record<string, string> => ({
  '--night': colours.ground,
  '--ice': colours.text,
  '--gold': colours.accent,
  '--gold-deep': colours.accentEnd,
  '--beam': colours.light,
  '--on-gold': colours.onAccent,
})
