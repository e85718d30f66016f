/**
 * What follows from an event's five colours: the surfaces that words lie on, the quieter text, the light behind the screens.
 * Each goes as far from its colour as the words before it can be read. Pure.
 */
import { contrastOf, LEAST_CONTRAST, laidOver } from '@fanreel/protocol'

/** Shares are tried from the wished one down in this many steps. */
const STEPS = 20
/** Beams at the height where words begin: their strongest before any word, as a share of the light. */
export const BEAM_BEHIND_WORDS = 0.3

/** The greatest share up to `wished` that keeps the contrast; 0 where none does. */
const shareThat = (holds: (share: number) => boolean, wished: number): number =>
  Array.from({ length: STEPS }, (_, step) => (wished * (STEPS - step)) / STEPS).find(holds) ?? 0

/** Each `#rrggbb`, tried on each other already. */
type Five = { ground: string; text: string; accent: string; accentEnd: string; light: string }

/** Tokens of the style sheet, beside the five colours' own. */
export const shadesOf = ({ ground, text, accent, accentEnd, light }: Five): Record<string, string> => {
  // Whatever is written on a surface: text, headings in the light, what matters in the accent.
  const isRead = (surface: string) => [text, light, accent, accentEnd].every((ink) => contrastOf(ink, surface) >= LEAST_CONTRAST)
  const surface = (wished: number) =>
    laidOver(
      ground,
      light,
      shareThat((share) => isRead(laidOver(ground, light, share)), wished),
    )
  const [steel, glow] = [surface(0.14), surface(0.24)]
  const quieter = shareThat(
    (share) => [ground, steel].every((on) => contrastOf(laidOver(text, ground, share), on) >= LEAST_CONTRAST),
    0.25,
  )
  const beams = shareThat((share) => contrastOf(text, laidOver(glow, light, BEAM_BEHIND_WORDS * share)) >= LEAST_CONTRAST, 1)
  return {
    '--deep': surface(0.05),
    '--panel': surface(0.08),
    '--steel': steel,
    '--glow': glow,
    '--glow-far': surface(0.1),
    '--mist': laidOver(text, ground, quieter),
    '--violet': laidOver(light, accent, 0.5),
    '--shine': laidOver(light, text, 0.6),
    '--beams': beams.toFixed(2),
  }
}
