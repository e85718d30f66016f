/** An event's colours as the kiosk's style sheet knows them. */
import { type Brand, OWN_COLOURS } from '@fanreel/protocol'
import { shadesOf } from './shades.ts'

const isOwn = (colours: Brand['colours']) =>
  Object.entries(OWN_COLOURS).every(([name, own]) => colours[name as keyof typeof OWN_COLOURS] === own)

/** The colours as the style sheet's own properties. */
export const brandProperties = ({ colours }: Pick<Brand, 'colours'>): Record<string, string> => ({
  '--night': colours.ground,
  '--ice': colours.text,
  '--gold': colours.accent,
  '--gold-deep': colours.accentEnd,
  '--beam': colours.light,
  '--on-gold': colours.onAccent,
  // An event that sets none keeps the kiosk's own shades, as they were drawn.
  ...(isOwn(colours) ? {} : shadesOf(colours)),
})
