/**
 * The end card: the world's emblem, the name as large as the width allows, what the sentence says round it, and the world's
 * own line, on a ground that darkens behind them. Three short things, to be read in a second and a half.
 */

import type { Line, Voice } from '../lettering/typeset.ts'
import { layShade } from '../overlay.ts'
import { type Graphic, type Layer, layerOf } from './graphic.ts'
import { aroundName, capitalsOf, drawEmblem, drawLine, type Kit, leaning, lineOf, SAFE, shadeOf, within, wordsOf } from './kit.ts'
import { come, stay } from './motion.ts'

/** Room between the sides that a phone's buttons cover. */
const ROOM = 720 * (1 - 2 * SAFE.side)

const wordsOfTitle = (kit: Kit) => {
  const { film } = kit.pack
  const world = wordsOf(kit, film.title)
  if (!kit.name) return { before: '', name: world, after: wordsOf(kit, film.lowerThird), world: '' }
  const around = aroundName(kit, film.titleWithName)
  const said = around.before === world || around.after === world
  return { ...around, world: said ? '' : world }
}

/** The ground: nothing at the top of it, dark where words stand, and the picture's own end. */
const GROUND = [
  [0, 0],
  [0.18, 0.16],
  [0.36, 0.5],
  [0.55, 0.78],
  [1, 0.9],
] as const

/** From line to line of a name, as a share of its size. */
const LEADING = 1.03
/** A name that would be set smaller than this share of its full size is set on two lines, where it has two words. */
const TWO_LINES = 0.52

/** The name on one line, or on two of one size, cut at the space that leaves them most alike. */
const nameLines = (kit: Kit, name: string, full: number): (Line & { voice: Voice })[] => {
  const voice = kit.voices.loud
  const one = lineOf(kit, name, voice, [full, 44, ROOM])
  const words = name.split(' ')
  if (one.size >= full * TWO_LINES * kit.unit || words.length < 2) return [one]
  const widest = ([a, b]: readonly [string, string]) => Math.max(a.length, b.length)
  const splits = words
    .slice(1)
    .map((_, index) => [words.slice(0, index + 1).join(' '), words.slice(index + 1).join(' ')] as const)
    .sort((a, b) => widest(a) - widest(b))
  const [first, second] = splits[0] ?? [name, '']
  const both = [first, second].map((part) => lineOf(kit, part, voice, [full * 0.7, 44, ROOM]))
  const size = Math.min(...both.map((line) => line.size)) / kit.unit
  return [first, second].map((part) => lineOf(kit, part, voice, [size, size, ROOM]))
}

/** The card at a size of its own: `unit` of the kit times `share`. */
const cardOf = (whole: Kit, share: number, foot: number): Graphic & { top: number; foot: number } => {
  const kit = { ...whole, unit: whole.unit * share }
  const { unit, pack } = kit
  const { ink, paper, accent, accent2 } = pack.palette
  const slanted = pack.graphics.plates === 'slanted'
  const words = wordsOfTitle(kit)
  const caps = (text: string) => capitalsOf(kit, text)
  const names = nameLines(kit, caps(words.name), slanted ? 168 : 118)
  const size = names[0]?.size ?? 0
  const before = lineOf(kit, caps(words.before), kit.voices.calm, [44, 30, ROOM])
  const after = lineOf(kit, caps(words.after), kit.voices.loud, [slanted ? 46 : 38, 28, ROOM - 90])
  const world = lineOf(kit, caps(words.world), { ...kit.voices.calm, tracking: 0.16 }, [26, 22, ROOM - 60])
  const widest = Math.max(
    ...names.map((line) => line.width),
    before.width,
    after.width + 130 * unit,
    world.width,
    slanted ? 280 * unit : ROOM * unit,
  )
  const width = widest + 40 * unit
  const middle = width / 2
  const lower = 12 + (words.world ? 44 : 0) + (words.after ? 66 : 6) + 24
  // Accents stand above the name's capitals.
  const height = lower * unit + size * (1.1 + (names.length - 1) * LEADING) + (words.before ? before.size : 0)
  // From the bottom up, so that all of it stands on the line that phones leave free.
  const worldBase = height - 12 * unit
  const plateBottom = worldBase - (words.world ? 44 : 0) * unit
  const plateTop = plateBottom - (words.after ? 66 : 6) * unit
  const nameBase = plateTop - 24 * unit
  const nameTop = nameBase - size * (0.86 + (names.length - 1) * LEADING)
  const beforeBase = nameTop - 4 * unit
  const top = foot - height
  return {
    top: top + (words.before ? beforeBase - before.size : nameTop),
    foot,
    x: (kit.width - width) / 2,
    y: top,
    width,
    height,
    coming: 22,
    going: 8,
    draw: (context, age) => {
      const rise = 1 - come(age, 2, 13)
      within(context, [0, 0, width, nameBase + size * 0.24], () => {
        if (words.before) drawLine(context, kit, before, middle, beforeBase + rise * 80 * unit, paper, 'center')
        for (const [index, line] of names.toReversed().entries())
          drawLine(context, kit, line, middle, nameBase - index * size * LEADING + rise * size * 1.2, paper, 'center')
      })
      const open = come(age, 7, 12)
      if (slanted) {
        const half = (words.after ? after.width / 2 + 30 * unit : 110 * unit) * open
        context.fillStyle = accent
        leaning(context, middle - half - 6 * unit, middle + half - 6 * unit, plateTop, plateBottom - 8 * unit)
        context.fillStyle = accent2
        for (const side of [-1, 1])
          leaning(
            context,
            middle - 6 * unit + side * (half + 16 * unit) - 5 * unit * open,
            middle - 6 * unit + side * (half + 16 * unit) + 5 * unit * open,
            plateTop,
            plateBottom - 8 * unit,
          )
      } else {
        const half = ROOM * 0.5 * unit * open
        context.fillStyle = accent
        context.fillRect(middle - half, plateTop, 2 * half, 3 * unit)
      }
      const sink = 1 - come(age, 10, 12)
      if (words.after)
        within(context, [0, plateTop + (slanted ? 0 : 3 * unit), width, plateBottom - plateTop], () =>
          drawLine(context, kit, after, middle, plateBottom - 24 * unit - sink * 60 * unit, slanted ? ink : paper, 'center'),
        )
      if (words.world) {
        context.globalAlpha = come(age, 14, 12)
        drawLine(context, kit, world, middle, worldBase, paper, 'center')
      }
    },
  }
}

/** Smaller than this a name is not worth reading. */
const SMALLEST = 0.62

/** How far its foot may go down for a face: there only the world's own line would lie below a phone's caption. */
const LOWEST_FOOT = 0.866

/** A card below the face: lower, then smaller, where the face comes low. */
const fittingCard = (kit: Kit, faceBottom: number) => {
  const foot = kit.height * SAFE.bottom
  const card = cardOf(kit, 1, foot)
  const missing = faceBottom - card.top
  if (missing <= 0) return card
  const lower = Math.min(kit.height * LOWEST_FOOT, foot + missing)
  return cardOf(kit, Math.max(SMALLEST, Math.min(1, (lower - faceBottom) / (foot - card.top))), lower)
}

/** The emblem stands alone below a phone's line: nothing is lost where a caption covers it. */
const emblemBelow = (kit: Kit, foot: number): Graphic => {
  const { paper, accent } = kit.pack.palette
  const side = 96 * kit.unit
  return {
    x: (kit.width - side) / 2,
    y: foot + 30 * kit.unit,
    width: side,
    height: side,
    coming: 20,
    going: 8,
    draw: (context, age) => {
      const grown = come(age, 8, 14)
      context.globalAlpha = grown
      const colour = kit.pack.graphics.plates === 'slanted' ? accent : paper
      drawEmblem(context, kit, side / 2, side / 2, 92 * kit.unit * (0.6 + 0.4 * grown), colour)
    },
  }
}

/**
 * The end card of a film in its world's cut; it stays to the last picture.
 * @param faceBottom how far down the face comes, pixels
 */
export const title = (kit: Kit, faceBottom: number): Layer => {
  const ground = shadeOf(kit.pack.palette.ink, kit.height * 0.48, kit.height, GROUND)
  const fitting = fittingCard(kit, faceBottom)
  const parts = [fitting, emblemBelow(kit, fitting.foot)].map((part) => layerOf(part, (_, left) => stay(left, 8)))
  return (picture, frame, from, to) => {
    const opacity = come(frame - from, 0, 20) * stay(to - frame, 8)
    layShade(picture, ground, opacity)
    for (const part of parts) part(picture, frame, from, to)
  }
}
