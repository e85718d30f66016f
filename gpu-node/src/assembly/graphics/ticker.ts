/** News of the event that runs across the picture, against the reading direction, out from behind the world's name. */
import { bakeOverlay, layOverlay, type Overlay } from '../overlay.ts'
import type { Layer } from './graphic.ts'
import { capitalsOf, clear, drawEmblem, drawLine, type Kit, leaning, lineOf, mirrored, wordsOf } from './kit.ts'
import { come, stay } from './motion.ts'

/** Pixels a picture at 720: about four words a second. */
const PACE = 4
const HEIGHT = 60
const TOP = 0.77
/** Pictures in which it leaves. */
const LEAVES = 7

/** The words over and over, as long as the graphic is seen. */
const crawlOf = (kit: Kit, seconds: number): Overlay => {
  const { unit, pack } = kit
  const voice = { ...kit.voices.calm, italic: false }
  const line = lineOf(kit, `${wordsOf(kit, pack.film.ticker)} ·`, voice, [32, 32, 4_000])
  const length = (720 + PACE * 24 * seconds) * unit
  const step = line.width + 14 * unit
  return bakeOverlay(length, HEIGHT * unit, (context) => {
    for (let at = 12 * unit; at < length; at += step)
      drawLine(context, kit, line, kit.rtl ? length - at : at, 41 * unit, pack.palette.paper)
  })
}

/** @param frames pictures for which it is there */
export const ticker = (kit: Kit, frames: number): Layer => {
  const { unit, pack } = kit
  const { ink, paper, accent, accent2 } = pack.palette
  const slanted = pack.graphics.plates === 'slanted'
  const title = lineOf(kit, capitalsOf(kit, wordsOf(kit, pack.film.title)), kit.voices.loud, [28, 20, 270])
  const [width, height] = [720 * unit, HEIGHT * unit]
  const wordsAt = (kit.emblem ? 78 : 26) * unit
  const tabEnd = wordsAt + title.width + (slanted ? 14 : 22) * unit
  const tabWidth = (Math.ceil(tabEnd + 20 * unit) + 1) & ~1
  const y = kit.height * TOP
  const strip = bakeOverlay(width, height, (context) => {
    context.fillStyle = clear(ink, slanted ? 0.9 : 0.55)
    context.fillRect(0, 0, width, height)
    context.fillStyle = slanted ? accent : clear(paper, 0.7)
    context.fillRect(0, 0, width, (slanted ? 4 : 2) * unit)
    if (!slanted) context.fillRect(0, height - 2 * unit, width, 2 * unit)
  })
  const tab = bakeOverlay(tabEnd + 20 * unit, height, (context) => {
    mirrored(context, kit, tabWidth, () => {
      context.fillStyle = slanted ? accent2 : clear(ink, 0.9)
      if (slanted) leaning(context, -20 * unit, tabEnd, 0, height)
      else {
        context.fillRect(0, 2 * unit, tabEnd, height - 4 * unit)
        context.fillStyle = accent
        context.fillRect(tabEnd - 3 * unit, 2 * unit, 3 * unit, height - 4 * unit)
      }
      drawEmblem(context, kit, 44 * unit, height / 2, 42 * unit, '#ffffff')
    })
    drawLine(context, kit, title, kit.rtl ? tabWidth - wordsAt : wordsAt, 40 * unit, '#ffffff')
  })
  const crawl = crawlOf(kit, frames / 24)
  const seenFrom = Math.round(tabEnd / 2) * 2
  return (picture, frame, from, to) => {
    const [age, left] = [frame - from, to - frame]
    const gone = stay(left, LEAVES)
    const open = Math.round(come(age, 0, 10) * gone * width)
    layOverlay(picture, strip, { x: 0, y, opacity: 1, ...(kit.rtl ? { from: width - open } : { to: open }) })
    const moved = Math.round((age * PACE * unit - seenFrom) / 2) * 2
    layOverlay(picture, crawl, {
      x: kit.rtl ? width - crawl.width + moved : -moved,
      y,
      opacity: come(age, 5, 8) * gone,
      // Only what has come out from behind the tab and is inside the picture.
      ...(kit.rtl ? { to: crawl.width - Math.max(0, seenFrom + moved) } : { from: Math.max(0, seenFrom + moved) }),
    })
    const hidden = (1 - come(age, 2, 10) * gone) * tab.width
    layOverlay(picture, tab, { x: kit.rtl ? width - tab.width + hidden : -hidden, y, opacity: 1 })
  }
}
