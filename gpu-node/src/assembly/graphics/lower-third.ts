/** Who this is: the name over a line of the world's own, at the reading side, as in a broadcast. */
import type { SKRSContext2D } from '@napi-rs/canvas'
import type { Graphic } from './graphic.ts'
import {
  aroundName,
  capitalsOf,
  clear,
  drawEmblem,
  drawLine,
  type Kit,
  kept,
  leaning,
  lineOf,
  mirrored,
  shadeOf,
  within,
  wordsOf,
} from './kit.ts'
import { come, stay } from './motion.ts'

const linesOf = (kit: Kit) => {
  const { film } = kit.pack
  const around = aroundName(kit, film.lowerThirdWithName)
  const beside = [around.before, around.after].filter((part) => part !== '').join(' ')
  return kit.name
    ? { first: kit.name, second: beside || wordsOf(kit, film.title) }
    : { first: wordsOf(kit, film.lowerThird), second: wordsOf(kit, film.title) }
}

/** Solid plates: the emblem's block comes from the picture's edge, the name's plate out of it, the second line under both. */
const plates = (kit: Kit): Graphic => {
  const { unit, pack } = kit
  const { ink, paper, accent, accent2 } = pack.palette
  const lines = linesOf(kit)
  const start = kit.emblem ? 100 : 0
  const first = lineOf(kit, capitalsOf(kit, lines.first), kit.voices.loud, [70, 32, 556 - start])
  const second = lineOf(kit, capitalsOf(kit, lines.second), kit.voices.calm, [30, 24, 500])
  const [top, middle, bottom] = [8 * unit, 94 * unit, 142 * unit]
  const height = bottom + 4 * unit
  const left = (start ? start - 2 : -40) * unit
  const nameEnd = Math.max(left + 160 * unit, (start + 30) * unit + first.width + 22 * unit)
  const secondEnd = 48 * unit + second.width + 22 * unit
  const width = (Math.ceil(Math.max(nameEnd + 60 * unit, secondEnd + 14 * unit)) + 1) & ~1
  const at = (x: number) => (kit.rtl ? width - x : x)
  const words = (context: SKRSContext2D, age: number) => {
    const rise = 1 - come(age, 4, 11)
    const nameAt = start ? (start + 26) * unit : 48 * unit
    within(context, [0, top, width, middle - top], () =>
      drawLine(context, kit, first, at(nameAt), middle - 20 * unit + rise * 80 * unit, paper),
    )
    const slide = 1 - come(age, 8, 10)
    within(context, [0, middle, width, bottom - middle], () =>
      drawLine(context, kit, second, at(48 * unit), bottom - 13 * unit - slide * 50 * unit, ink),
    )
  }
  return {
    x: kit.rtl ? kit.width - width : 0,
    y: kit.height * 0.703,
    width,
    height,
    coming: 14,
    going: 7,
    draw: (context, age, leftOver) => {
      kept(context, kit, { width, height }, stay(leftOver, 7), () => {
        mirrored(context, kit, width, () => {
          const open = come(age, 2, 11)
          const end = left + (nameEnd - left) * open
          const shade = context.createLinearGradient(0, 0, nameEnd, 0)
          shade.addColorStop(0, clear(ink, 0.97))
          shade.addColorStop(1, clear(ink, 0.86))
          context.fillStyle = shade
          leaning(context, left, end, top, middle)
          context.fillStyle = accent
          leaning(context, end + 8 * unit * open, end + 20 * unit * open, top, middle)
          context.fillStyle = accent2
          leaning(context, end + 27 * unit * open, end + 33 * unit * open, top, middle)
          context.fillStyle = paper
          leaning(context, -40 * unit, -40 * unit + (secondEnd + 40 * unit) * come(age, 6, 11), middle, bottom)
          if (!start) return
          const block = come(age, 0, 9)
          context.fillStyle = accent2
          leaning(context, -40 * unit, -40 * unit + (left + 36 * unit) * block, top, middle)
          drawEmblem(context, kit, 50 * unit, (top + middle) / 2, 62 * unit * come(age, 3, 10), '#ffffff')
        })
        words(context, age)
      })
    },
  }
}

/** The ground of words that stand without a plate: darkest round their line. */
const GROUND = [
  [0, 0],
  [0.22, 0.16],
  [0.45, 0.57],
  [0.62, 0.66],
  [0.8, 0.36],
  [1, 0],
] as const

/** No plates: a line grows from the reading side, the name rises from behind it, the second line sinks from it. */
const hairline = (kit: Kit): Graphic => {
  const { unit, pack } = kit
  const { ink, paper, accent } = pack.palette
  const lines = linesOf(kit)
  const margin = 48
  const first = lineOf(kit, capitalsOf(kit, lines.first), kit.voices.loud, [60, 32, 584 - margin])
  const second = lineOf(kit, capitalsOf(kit, lines.second), kit.voices.calm, [29, 23, 584 - margin])
  const [width, height] = [720 * unit, 150 * unit]
  const rule = 88 * unit
  const line = kit.height * 0.762
  const length = Math.min(634 * unit, margin * unit + Math.max(first.width, second.width) + 26 * unit)
  const at = (x: number) => (kit.rtl ? width - x : x)
  return {
    x: 0,
    // The rule lies where both lines are clear of a phone's captions.
    y: line - rule,
    shade: shadeOf(ink, line - 170 * unit, line + 160 * unit, GROUND),
    width,
    height,
    coming: 16,
    going: 9,
    draw: (context, age, leftOver) => {
      const gone = stay(leftOver, 9)
      mirrored(context, kit, width, () => {
        context.fillStyle = accent
        context.fillRect(0, rule, length * come(age, 0, 12) * gone, 4 * unit)
      })
      const rise = 1 - come(age, 4, 14) * gone
      within(context, [0, 0, width, rule], () =>
        drawLine(context, kit, first, at(margin * unit), rule - 22 * unit + rise * 90 * unit, paper),
      )
      const sink = 1 - come(age, 7, 13) * gone
      within(context, [0, rule + 4 * unit, width, height - rule], () =>
        drawLine(context, kit, second, at(margin * unit), rule + 42 * unit - sink * 50 * unit, paper),
      )
    },
  }
}

/** The lower third of a film in its world's cut. */
export const lowerThird = (kit: Kit): Graphic => (kit.pack.graphics.plates === 'slanted' ? plates(kit) : hairline(kit))
