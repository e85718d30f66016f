/**
 * What all broadcast graphics of a film share: its words and colours, how plates are cut, how things come and go, and where
 * they may lie. Lengths are in pixels of a film 720 wide, times `unit`.
 */
import type { Pack, PackText } from '@fanreel/content-packs/schema'
import { directionOf, type Language, type ShotList } from '@fanreel/protocol'
import { createCanvas, Path2D, type SKRSContext2D } from '@napi-rs/canvas'
import { capitals, drawable, fitLine, isolated, type Line, setType, type Voice } from '../lettering/typeset.ts'
import type { Shade } from '../overlay.ts'
import { yuvOf } from '../picture.ts'

/**
 * Where a phone's own buttons and captions lie over a film that is posted: the lowest 18 % and the outer 12 % of the width,
 * on either side by the phone's language. Words keep clear of both (F31).
 */
export const SAFE = { bottom: 0.82, side: 0.12 } as const

export type Kit = {
  pack: Pack
  language: Language
  rtl: boolean
  /** The visitor's first name, as far as it can be drawn. */
  name: string | undefined
  width: number
  height: number
  unit: number
  voices: { loud: Voice; calm: Voice }
  /** For measuring before anything is drawn. */
  ruler: SKRSContext2D
  emblem: Path2D | undefined
}

export const createKit = (set: { pack: Pack; language: Language; firstName?: string | undefined; shotList: ShotList }): Kit => {
  const { pack, language, shotList } = set
  const { type, tracking, emblem } = pack.graphics
  const condensed = type === 'condensed'
  return {
    pack,
    language,
    rtl: directionOf(language) === 'rtl',
    name: (set.firstName && drawable(set.firstName)) || undefined,
    width: shotList.width,
    height: shotList.height,
    unit: shotList.width / 720,
    voices: {
      loud: { type, weight: condensed ? 700 : 600, italic: condensed, tracking },
      calm: { type, weight: condensed ? 600 : 500, italic: condensed, tracking: tracking * 0.6 },
    },
    ruler: createCanvas(8, 8).getContext('2d'),
    emblem: emblem === undefined ? undefined : new Path2D(emblem),
  }
}

/** The pack's words in the film's language. */
export const wordsOf = (kit: Kit, text: PackText): string => text[kit.language] ?? text.en
export const capitalsOf = (kit: Kit, text: string): string => capitals(text, kit.language)

/**
 * A sentence with the name in it, in three: what stands before, the name with whatever hangs on it (`Zoë's`), and what
 * stands after.
 */
export const aroundName = (kit: Kit, text: PackText): { before: string; name: string; after: string } => {
  const [before = '', after = ''] = wordsOf(kit, text).split('{name}')
  // A comma or dot that joins them in a sentence has no place between two lines.
  const bare = (part: string) => part.replace(/^[\s,、،·:–—-]+|[\s,、،·:–—-]+$/gu, '')
  const [ending = ''] = /^['’]\p{L}*/u.exec(after) ?? []
  return { before: bare(before), name: `${kit.name ?? ''}${ending}`, after: bare(after.slice(ending.length)) }
}

/** The longest size at which words fit a line, by `fitLine`. A name keeps its own direction. */
export const lineOf = (
  kit: Kit,
  words: string,
  voice: Voice,
  [size, least, width]: readonly [number, number, number],
): Line & { voice: Voice } => {
  const room = { size: size * kit.unit, least: least * kit.unit, width: width * kit.unit }
  const line = fitLine(kit.ruler, words, voice, kit.language, room)
  return { ...line, text: isolated(line.text), voice }
}

/** Draws a line of words; `x` is its start on the reading side, its middle, or its end, by `align`. */
export const drawLine = (
  context: SKRSContext2D,
  kit: Kit,
  line: Line & { voice: Voice },
  x: number,
  baseline: number,
  colour: string,
  align: 'start' | 'center' = 'start',
) => {
  setType(context, line.text, line.voice, line.size, kit.language)
  context.textBaseline = 'alphabetic'
  context.textAlign = align === 'center' ? 'center' : kit.rtl ? 'right' : 'left'
  context.fillStyle = colour
  context.fillText(line.text, x, baseline)
}

/** Red, green and blue, 0..255, of a palette colour (`#rrggbb`). */
export const channelsOf = (colour: string): [number, number, number] => {
  const [, r = '0', g = '0', b = '0'] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour) ?? []
  return [Number.parseInt(r, 16), Number.parseInt(g, 16), Number.parseInt(b, 16)]
}
/** A palette colour at an opacity of 0..1. */
export const clear = (colour: string, opacity: number): string => `rgba(${channelsOf(colour).join(',')},${opacity})`

/** How far a plate's upper edge leans over, as a share of its height. */
const LEAN = 0.2
/** Fills a plate between two heights that leans like italic letters; `left` and `right` are where its lower edge ends. */
export const leaning = (context: SKRSContext2D, left: number, right: number, top: number, bottom: number): void => {
  trace(context, left, right, top, bottom)
  context.fill()
}

const trace = (context: SKRSContext2D, left: number, right: number, top: number, bottom: number) => {
  const lean = (bottom - top) * LEAN
  context.beginPath()
  context.moveTo(left + lean, top)
  context.lineTo(right + lean, top)
  context.lineTo(right, bottom)
  context.lineTo(left, bottom)
  context.closePath()
}

/** Draws what of a graphic of plates is still there: `kept` of it, 0..1, from its reading side to an edge that leans as plates do. */
export const kept = (
  context: SKRSContext2D,
  kit: Kit,
  box: { width: number; height: number },
  share: number,
  paint: () => void,
) => {
  if (share <= 0) return
  context.save()
  if (share < 1) {
    const reach = box.width + box.height * LEAN
    const end = reach * share - box.height * LEAN
    // Mirrored, the far edge leans the other way.
    if (kit.rtl) trace(context, box.width - end, box.width + reach, box.height, 0)
    else trace(context, -reach, end, 0, box.height)
    context.clip()
  }
  paint()
  context.restore()
}

/**
 * A shade in a palette colour between two heights of the picture (pixels).
 * @param stops opacity at shares of its height, from the top, joined by straight lines
 */
export const shadeOf = (colour: string, top: number, bottom: number, stops: readonly (readonly [number, number])[]): Shade => {
  const first = Math.round(top / 2) * 2
  const alpha = new Float32Array(Math.max(0, Math.round(bottom) - first))
  for (let row = 0; row < alpha.length; row++) {
    const at = row / alpha.length
    const next = Math.max(
      1,
      stops.findIndex(([place]) => place > at),
    )
    const [[from, low], [to, high]] = [stops[next - 1] ?? [0, 0], stops[next] ?? [1, 0]]
    alpha[row] = low + ((high - low) * (at - from)) / (to - from)
  }
  const [r, g, b] = channelsOf(colour)
  return { top: first, alpha, colour: yuvOf(r, g, b) }
}

/** Draws the world's emblem in a square; nothing where the pack has none. */
export const drawEmblem = (context: SKRSContext2D, kit: Kit, middle: number, centre: number, size: number, colour: string) => {
  if (!kit.emblem || size <= 0) return
  context.save()
  context.translate(middle - size / 2, centre - size / 2)
  context.scale(size / 100, size / 100)
  context.fillStyle = colour
  context.fill(kit.emblem)
  context.restore()
}

/** How far a graphic gives way to a face, as a share of the picture's height. */
const GIVES_WAY = 0.07

/** A graphic moved down from a face that comes lower than its upper edge; a face counts for more than a phone's captions. */
export const below = <G extends { y: number; top?: number }>(graphic: G, kit: Kit, faceBottom: number): G => ({
  ...graphic,
  y: graphic.y + Math.min(GIVES_WAY * kit.height, Math.max(0, faceBottom - (graphic.top ?? graphic.y))),
})

/** Draws with `paint` inside a rectangle only. */
export const within = (
  context: SKRSContext2D,
  [x, y, width, height]: readonly [number, number, number, number],
  paint: () => void,
) => {
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.clip()
  paint()
  context.restore()
}

/** Draws shapes as for a script that is read from the left; for the other kind the picture is mirrored. */
export const mirrored = (context: SKRSContext2D, kit: Kit, width: number, paint: () => void) => {
  context.save()
  if (kit.rtl) {
    context.translate(width, 0)
    context.scale(-1, 1)
  }
  paint()
  context.restore()
}
