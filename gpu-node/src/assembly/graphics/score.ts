/** The result: a figure that counts up while a bar fills, and what it stands for. */
import type { SKRSContext2D } from '@napi-rs/canvas'
import { setType } from '../lettering/typeset.ts'
import type { Graphic } from './graphic.ts'
import { capitalsOf, clear, drawLine, type Kit, kept, leaning, lineOf, mirrored, shadeOf, within, wordsOf } from './kit.ts'
import { come, stay } from './motion.ts'

/** Height of the card's upper edge, as a share of the picture's. */
const SCORE_TOP = 0.66
/** Pictures over which the figure counts: at most, and as a share of those for which it is there. */
const LONGEST_COUNT = 22
const COUNTS = 0.4

/** A figure on its way from nothing: each of its digits counts, all else in it stays. `share` is 0..1. */
export const counted = (figure: string, share: number): string => {
  const digits = figure.replace(/\D/g, '')
  if (share >= 1 || digits === '' || digits.length > 15) return figure
  const now = String(Math.floor(Number(digits) * Math.max(0, share))).padStart(digits.length, '0')
  let next = 0
  return figure.replace(/\d/g, () => now[next++] ?? '0')
}

/** Share of its figure that a score shows; the last of it comes at once, too little to be seen counting. */
const reached = (age: number, count: number): number => (age >= 4 + 0.75 * count ? 1 : come(age, 4, count) ** 1.4)

type Figure = { text: string; size: number; slots: readonly number[]; width: number }

/** Every digit gets the same room, so that a counting figure does not tremble. */
const figureOf = (kit: Kit, text: string, size: number, room: number): Figure => {
  setType(kit.ruler, `${text}0123456789`, kit.voices.loud, size, kit.language)
  kit.ruler.letterSpacing = '0px'
  const digit = Math.max(...Array.from('0123456789', (one) => kit.ruler.measureText(one).width))
  const slots = Array.from(text, (one) => (/\d/.test(one) ? digit : kit.ruler.measureText(one).width))
  const width = slots.reduce((sum, slot) => sum + slot, 0)
  return width <= room ? { text, size, slots, width } : figureOf(kit, text, Math.floor((size * room) / width), room)
}

const drawFigure = (
  context: SKRSContext2D,
  kit: Kit,
  figure: Figure,
  share: number,
  middle: number,
  baseline: number,
  colour: string,
) => {
  setType(context, `${figure.text}0123456789`, kit.voices.loud, figure.size, kit.language)
  context.letterSpacing = '0px'
  context.direction = 'ltr'
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  context.fillStyle = colour
  let x = middle - figure.width / 2
  for (const [index, one] of Array.from(counted(figure.text, share)).entries()) {
    const slot = figure.slots[index] ?? 0
    context.fillText(one, x + slot / 2, baseline)
    x += slot
  }
}

const wordsOfScore = (kit: Kit) => {
  const [figure = '', ...rest] = wordsOf(kit, kit.pack.film.score).split(' · ')
  // The figure is drawn sign by sign from the left: a unit of measure stands where its script has it.
  return { figure: kit.rtl ? figure.split(' ').reverse().join(' ') : figure, label: rest.join(' · ') }
}

const plates = (kit: Kit, count: number): Graphic => {
  const { unit, pack } = kit
  const { ink, paper, accent, accent2 } = pack.palette
  const words = wordsOfScore(kit)
  const label = lineOf(kit, capitalsOf(kit, words.label), kit.voices.loud, [34, 24, 440])
  const figure = figureOf(kit, words.figure, 128 * unit, 440 * unit)
  const half = Math.max(200 * unit, label.width / 2 + 46 * unit, figure.width / 2 + 46 * unit)
  const [width, height] = [2 * half + 56 * unit, 206 * unit]
  const middle = width / 2
  const [top, split, bottom] = [8 * unit, 58 * unit, 188 * unit]
  return {
    x: (kit.width - width) / 2,
    y: kit.height * SCORE_TOP,
    width,
    height,
    coming: Math.ceil(0.75 * count) + 4,
    going: 7,
    draw: (context, age, left) => {
      kept(context, kit, { width, height }, stay(left, 7), () => {
        const open = come(age, 0, 10)
        const share = reached(age, count)
        mirrored(context, kit, width, () => {
          context.fillStyle = clear(ink, 0.92)
          leaning(context, middle - half - 8 * unit, middle - half - 8 * unit + 2 * half * open, split, bottom)
          context.fillStyle = accent
          leaning(context, middle - half + 2 * unit, middle - half + 2 * unit + 2 * half * come(age, 3, 10), top, split)
          context.fillStyle = clear(paper, 0.22 * open)
          leaning(context, middle - half - 10 * unit, middle + half - 10 * unit, bottom, bottom + 10 * unit)
          context.fillStyle = accent2
          leaning(context, middle - half - 10 * unit, middle - half - 10 * unit + 2 * half * share, bottom, bottom + 10 * unit)
        })
        within(context, [0, split, width, bottom - split], () =>
          drawFigure(context, kit, figure, share, middle, bottom - 20 * unit + (1 - come(age, 2, 10)) * 130 * unit, paper),
        )
        within(context, [0, top, width, split - top], () =>
          drawLine(context, kit, label, middle, split - 13 * unit + (1 - come(age, 6, 9)) * 50 * unit, ink, 'center'),
        )
      })
    },
  }
}

const hairline = (kit: Kit, count: number): Graphic => {
  const { unit, pack } = kit
  const { ink, paper, accent } = pack.palette
  const words = wordsOfScore(kit)
  const label = lineOf(kit, capitalsOf(kit, words.label), kit.voices.calm, [30, 23, 500])
  const figure = figureOf(kit, words.figure, 124 * unit, 520 * unit)
  const [width, height] = [560 * unit, 210 * unit]
  const middle = width / 2
  const rule = 144 * unit
  const line = kit.height * 0.77
  const half = 190 * unit
  return {
    x: (kit.width - width) / 2,
    y: line - rule,
    shade: shadeOf(ink, line - 260 * unit, line + 180 * unit, GROUND),
    width,
    height,
    coming: Math.ceil(0.75 * count) + 4,
    going: 9,
    draw: (context, age, left) => {
      const gone = stay(left, 9)
      const share = reached(age, count)
      const open = come(age, 0, 12) * gone
      mirrored(context, kit, width, () => {
        context.fillStyle = clear(paper, 0.4)
        context.fillRect(middle - half * open, rule, 2 * half * open, 4 * unit)
        context.fillStyle = accent
        context.fillRect(middle - half * open, rule, 2 * half * open * share, 4 * unit)
        // The marks of a gauge.
        for (let i = 0; i <= 10; i++) {
          context.fillStyle = i / 10 <= share ? accent : clear(paper, 0.4)
          const tall = i % 5 === 0 ? 14 : 8
          context.fillRect(middle + half * open * (i / 5 - 1) - unit, rule - tall * unit, 2 * unit, tall * unit)
        }
      })
      within(context, [0, 0, width, rule - 18 * unit], () => {
        const rise = 1 - come(age, 3, 13) * gone
        drawFigure(context, kit, figure, share, middle, rule - 34 * unit + rise * 140 * unit, paper)
      })
      within(context, [0, rule + 4 * unit, width, height - rule], () => {
        const sink = 1 - come(age, 7, 12) * gone
        drawLine(context, kit, label, middle, rule + 46 * unit - sink * 50 * unit, paper, 'center')
      })
    },
  }
}

const GROUND = [
  [0, 0],
  [0.3, 0.36],
  [0.55, 0.62],
  [0.75, 0.5],
  [1, 0],
] as const

/**
 * The score card of a film in its world's cut.
 * @param frames pictures for which it is there: the figure has come to rest in time to be read
 */
export const score = (kit: Kit, frames: number): Graphic => {
  const count = Math.max(1, Math.min(LONGEST_COUNT, frames * COUNTS))
  return kit.pack.graphics.plates === 'slanted' ? plates(kit, count) : hairline(kit, count)
}
