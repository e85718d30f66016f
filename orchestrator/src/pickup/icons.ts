/** The page's few signs, drawn in the colour of the text beside them. */
import { type Markup, markup } from './markup.ts'

const PATHS = {
  save: 'M4 16v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3M12 3v12m0 0 4.5-4.5M12 15l-4.5-4.5',
  download: 'M12 4v11m0 0 4-4m-4 4-4-4M5 20h14',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4',
  gone: 'M5 12.5l4.5 4.5L19 7.5',
  share: 'M12 15V3m0 0L8 7m4-4 4 4M6 11H5v10h14V11h-1',
} as const

export const icon = (name: keyof typeof PATHS): Markup =>
  markup`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`
