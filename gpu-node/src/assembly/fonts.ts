/**
 * The film's typefaces, out of npm packages (SIL Open Font License): a condensed broadcast face for Latin letters, Noto
 * for Arabic, Japanese and Cyrillic. A name may mix scripts, so every text is set in all of them, each glyph from the first
 * that has it. Greek, Hangul and simplified Chinese come from whatever faces the machine has.
 */
import { createRequire } from 'node:module'
import { GlobalFonts } from '@napi-rs/canvas'

const require = createRequire(import.meta.url)
const WEIGHTS = { strong: 700, plain: 500 } as const
export type Weight = keyof typeof WEIGHTS

const FACES = [
  ['Fanreel Latin', '@fontsource/barlow-condensed/files/barlow-condensed-latin-WEIGHT-normal.woff2'],
  ['Fanreel Latin Extended', '@fontsource/barlow-condensed/files/barlow-condensed-latin-ext-WEIGHT-normal.woff2'],
  ['Fanreel Vietnamese', '@fontsource/barlow-condensed/files/barlow-condensed-vietnamese-WEIGHT-normal.woff2'],
  ['Fanreel Arabic', '@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-WEIGHT-normal.woff2'],
  ['Fanreel Japanese', '@fontsource/noto-sans-jp/files/noto-sans-jp-japanese-WEIGHT-normal.woff2'],
  ['Fanreel Cyrillic', '@fontsource/noto-sans-jp/files/noto-sans-jp-cyrillic-WEIGHT-normal.woff2'],
] as const

let registered = false
/** Makes the typefaces known to the canvas; throws where one cannot be read. */
export const registerFonts = (): void => {
  if (registered) return
  for (const [family, file] of FACES)
    for (const weight of Object.values(WEIGHTS)) {
      if (!GlobalFonts.registerFromPath(require.resolve(file.replace('WEIGHT', String(weight))), `${family} ${weight}`))
        throw new Error(`the typeface ${family} cannot be read`)
    }
  registered = true
}

/** A canvas font string at that size in pixels. */
export const fontOf = (weight: Weight, size: number): string =>
  `${WEIGHTS[weight]} ${size}px ${FACES.map(([family]) => `"${family} ${WEIGHTS[weight]}"`).join(', ')}, sans-serif`
