/** How one visitor has the screens: each wish on its own, all of them forgotten with the visit. */

export const COMFORTS = ['low', 'large', 'contrast', 'speech'] as const
/** `low`: everything to touch within reach from a seat. `speech`: what stands on the screen is read out. */
export type ComfortName = (typeof COMFORTS)[number]
export type Comfort = Readonly<Record<ComfortName, boolean>>

export const PLAIN: Comfort = { low: false, large: false, contrast: false, speech: false }

/** The wishes as attributes of the kiosk's stage, which its style sheet answers. */
export const comfortAttributes = ({ low, large, contrast }: Comfort): Record<string, string> => ({
  ...(low && { 'data-reach': 'low' }),
  ...(large && { 'data-text': 'large' }),
  ...(contrast && { 'data-contrast': 'high' }),
})
