/**
 * An event's colours on the pickup page, by night and by day. A brand has one ground and one text; a page has two lights:
 * by night the darker of the two is the ground, by day the lighter. Every colour of words is taken where it can be read on
 * that ground and nowhere else (decisions 0017, 0035).
 */
import { type Brand, contrastOf, LEAST_CONTRAST } from '@fanreel/protocol'

type Colours = Brand['colours']
export type Light = 'night' | 'day'

const channels = (colour: string): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
/** @param share of `one`, 0..1, in sRGB */
const mix = (one: string, other: string, share: number): string => {
  const [from, to] = [channels(one), channels(other)]
  return `#${from
    .map((value, at) =>
      Math.round(value * share + (to[at] ?? 0) * (1 - share))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
const reads = (colour: string, ground: string): boolean => contrastOf(colour, ground) >= LEAST_CONTRAST

/** The page's colours of words and grounds in one light, as `#rrggbb`. */
export const paletteOf = (colours: Colours, light: Light) => {
  const { ground: one = '', text: other = '', accent = '', accentEnd = '', light: beam = '' } = colours
  const [dark, bright] = contrastOf(one, '#000000') < contrastOf(other, '#000000') ? [one, other] : [other, one]
  const [ground, ink] = light === 'night' ? [dark, bright] : [bright, dark]
  const button = [0.9, 0.96].map((share) => mix(ground, ink, share)).find((shade) => reads(ink, shade)) ?? ground
  /** The first that is read on ground and buttons; the words' own colour always is. */
  const readable = (...wished: string[]) => wished.find((colour) => reads(colour, ground) && reads(colour, button)) ?? ink
  return {
    ground,
    ink,
    button,
    mist: readable(mix(ink, ground, 0.74), mix(ink, ground, 0.86)),
    beam: readable(beam, accent, accentEnd),
    'gold-ink': readable(accent, accentEnd, beam),
    red: readable(...(light === 'night' ? ['#ff6b7a', '#ff9aa4'] : ['#c3203a', '#9c1029'])),
  }
}

const triple = (colour: string): string => channels(colour).join(' ')
const rules = (colours: Colours, light: Light): string => {
  const { ground, ...words } = paletteOf(colours, light)
  const { ink, red } = words
  const inkOnRed = contrastOf(ground, red) > contrastOf(ink, red) ? ground : ink
  const named = Object.entries(words).map(([name, colour]) => `--${name}:${colour}`)
  return [
    `--ground:${triple(ground)}`,
    ...named,
    `--red-ink:${inkOnRed}`,
    `--line:rgb(${triple(ink)} / .26)`,
    `--track:rgb(${triple(ink)} / .18)`,
  ].join(';')
}

/** What follows the page's own style sheet. The names above the page stand on the brand's ground in any light: its logo is made for that. */
export const brandStyle = (colours: Colours): string => {
  const { ground = '', text = '', accent = '', accentEnd = '', onAccent = '', light = '' } = colours
  const top = `--top:${triple(ground)};--top-ink:${text};--top-light:${light};--glow:none`
  const accents = `--gold:${accent};--gold-deep:${accentEnd};--on-gold:${onAccent}`
  return `:root{${top};${accents};${rules(colours, 'night')}}@media (prefers-color-scheme:light){:root{${rules(colours, 'day')}}}`
}
