/**
 * The film's broadcast graphics: title, lower third, score, ticker, and the mark that says the film is AI-generated.
 * Words come from the pack in the visitor's language; each graphic knows when and how it comes and goes.
 */
import type { Pack, PackText } from '@fanreel/content-packs/schema'
import { directionOf, type Language, type ShotList } from '@fanreel/protocol'
import type { SKRSContext2D } from '@napi-rs/canvas'
import { fontOf, registerFonts, type Weight } from './fonts.ts'
import { bakeOverlay, layOverlay, type Overlay } from './overlay.ts'
import type { YuvPicture } from './picture.ts'

export type Graphics = {
  /** Lays the AI mark: on every picture of the film and on its poster, so that whoever sees either can see it (F8). */
  mark(picture: YuvPicture): void
  /** Lays what the story asks for at this frame; the visitor's first name may be in it. */
  titles(picture: YuvPicture, frame: number): void
}

type Set = { pack: Pack; language: Language; firstName?: string | undefined; shotList: ShotList }
type Timed = { from: number; to: number; lay(picture: YuvPicture, frame: number, from: number, to: number): void }

const text = (words: PackText, language: Language): string => words[language] ?? words.en
const withName = (set: Set, named: PackText, plain: PackText): string =>
  // As a function: in a string `$'` would be an instruction.
  set.firstName ? text(named, set.language).replaceAll('{name}', () => set.firstName ?? '') : text(plain, set.language)

const easeOut = (t: number) => 1 - (1 - Math.max(0, Math.min(1, t))) ** 3
/** Opacity of a graphic that is there from `from` to `to`: it fades at both ends over `frames`. */
const presence = (frame: number, from: number, to: number, frames = 7) =>
  easeOut((frame - from + 1) / frames) * easeOut((to - frame) / frames)

/** The largest size at which a text fits the width. */
const fit = (context: SKRSContext2D, words: string, weight: Weight, size: number, width: number): number => {
  context.font = fontOf(weight, size)
  const measured = context.measureText(words).width
  return measured <= width ? size : Math.floor((size * width) / measured)
}

const slanted = (context: SKRSContext2D, x: number, y: number, width: number, height: number, slant: number) => {
  context.beginPath()
  context.moveTo(x + slant, y)
  context.lineTo(x + width + slant, y)
  context.lineTo(x + width, y + height)
  context.lineTo(x, y + height)
  context.closePath()
}

const bakeTitle = (set: Set, unit: number): Overlay => {
  const { palette } = set.pack
  const words = withName(set, set.pack.film.titleWithName, set.pack.film.title).toLocaleUpperCase(set.language)
  return bakeOverlay(688 * unit, 300 * unit, (context) => {
    context.direction = directionOf(set.language)
    context.textAlign = 'center'
    context.textBaseline = 'alphabetic'
    const size = fit(context, words, 'strong', 128 * unit, 640 * unit)
    const middle = 344 * unit
    const base = 168 * unit
    context.shadowColor = palette.accent
    context.shadowBlur = 34 * unit
    context.font = fontOf('strong', size)
    context.fillStyle = palette.paper
    context.globalAlpha = 0.8
    context.fillText(words, middle, base)
    context.globalAlpha = 1
    context.shadowColor = 'rgba(0,0,10,0.75)'
    context.shadowBlur = 14 * unit
    context.shadowOffsetY = 3 * unit
    const shine = context.createLinearGradient(0, base - size * 0.8, 0, base)
    shine.addColorStop(0, '#ffffff')
    shine.addColorStop(0.55, palette.paper)
    shine.addColorStop(1, palette.accent)
    context.fillStyle = shine
    context.fillText(words, middle, base)
    context.shadowColor = 'transparent'
    context.shadowOffsetY = 0
    const rule = context.createLinearGradient(middle - 210 * unit, 0, middle + 210 * unit, 0)
    rule.addColorStop(0, 'rgba(0,0,0,0)')
    rule.addColorStop(0.5, palette.accent)
    rule.addColorStop(1, 'rgba(0,0,0,0)')
    context.fillStyle = rule
    context.fillRect(middle - 210 * unit, base + 26 * unit, 420 * unit, 4 * unit)
    if (set.firstName) {
      const sub = text(set.pack.film.title, set.language)
      context.font = fontOf('plain', fit(context, sub, 'plain', 40 * unit, 560 * unit))
      context.fillStyle = palette.paper
      context.shadowColor = 'rgba(0,0,10,0.8)'
      context.shadowBlur = 10 * unit
      context.fillText(sub, middle, base + 78 * unit)
    }
  })
}

const bakeLowerThird = (set: Set, unit: number): Overlay => {
  const { palette, film } = set.pack
  const words = withName(set, film.lowerThirdWithName, film.lowerThird)
  const rtl = directionOf(set.language) === 'rtl'
  return bakeOverlay(600 * unit, 136 * unit, (context) => {
    context.direction = rtl ? 'rtl' : 'ltr'
    context.textBaseline = 'alphabetic'
    const size = fit(context, words, 'strong', 52 * unit, 520 * unit)
    context.font = fontOf('strong', size)
    const width = Math.max(260 * unit, context.measureText(words).width + 62 * unit)
    const left = rtl ? 600 * unit - width - 14 * unit : 0
    const body = context.createLinearGradient(left, 0, left + width, 0)
    body.addColorStop(rtl ? 1 : 0, palette.ink)
    body.addColorStop(rtl ? 0 : 1, `${palette.ink}b0`)
    context.fillStyle = body
    slanted(context, left, 40 * unit, width, 84 * unit, 14 * unit)
    context.fill()
    context.fillStyle = palette.accent2
    slanted(context, rtl ? left + width - 10 * unit : left, 40 * unit, 10 * unit, 84 * unit, 14 * unit)
    context.fill()
    const label = text(film.title, set.language).toLocaleUpperCase(set.language)
    context.font = fontOf('strong', 25 * unit)
    const tab = context.measureText(label).width + 36 * unit
    context.fillStyle = palette.accent
    slanted(context, rtl ? left + width - tab + 6 * unit : left + 6 * unit, 4 * unit, tab, 36 * unit, 6 * unit)
    context.fill()
    context.textAlign = rtl ? 'right' : 'left'
    context.fillStyle = palette.ink
    context.fillText(label, rtl ? left + width - 9 * unit : left + 26 * unit, 31 * unit)
    context.font = fontOf('strong', size)
    context.fillStyle = palette.paper
    context.fillText(words, rtl ? left + width - 22 * unit : left + 32 * unit, (82 + 18) * unit)
  })
}

const bakeScore = (set: Set, unit: number): Overlay => {
  const { palette, film } = set.pack
  const [figure = '', ...rest] = text(film.score, set.language).split(' · ')
  const label = rest.join(' · ')
  return bakeOverlay(440 * unit, 150 * unit, (context) => {
    context.direction = directionOf(set.language)
    context.textAlign = 'center'
    context.fillStyle = `${palette.ink}e0`
    slanted(context, 4 * unit, 4 * unit, 418 * unit, 138 * unit, 14 * unit)
    context.fill()
    context.fillStyle = palette.accent
    slanted(context, 4 * unit, 134 * unit, 418 * unit, 8 * unit, 1 * unit)
    context.fill()
    context.fillStyle = palette.paper
    context.font = fontOf('strong', fit(context, figure, 'strong', 82 * unit, 380 * unit))
    context.fillText(figure, 220 * unit, 78 * unit)
    context.fillStyle = palette.accent
    context.font = fontOf('strong', fit(context, label, 'strong', 34 * unit, 380 * unit))
    context.fillText(label, 220 * unit, 119 * unit)
  })
}

const bakeTicker = (set: Set, unit: number): Overlay => {
  const { palette, film } = set.pack
  const words = text(film.ticker, set.language)
  return bakeOverlay(1700 * unit, 50 * unit, (context) => {
    context.direction = directionOf(set.language)
    context.textBaseline = 'middle'
    context.fillStyle = `${palette.ink}d8`
    context.fillRect(0, 0, 1700 * unit, 50 * unit)
    context.fillStyle = palette.accent
    context.fillRect(0, 0, 1700 * unit, 3 * unit)
    context.font = fontOf('strong', 29 * unit)
    context.fillStyle = palette.paper
    const width = context.measureText(`${words}  ·  `).width
    const rtl = directionOf(set.language) === 'rtl'
    context.textAlign = rtl ? 'right' : 'left'
    for (let at = 30 * unit; at < 1700 * unit; at += width)
      context.fillText(`${words}  ·  `, rtl ? 1700 * unit - at : at, 27 * unit)
  })
}

const bakeMark = (set: Set, unit: number): Overlay => {
  const words = text(set.pack.film.aiMark, set.language)
  return bakeOverlay(300 * unit, 44 * unit, (context) => {
    context.direction = directionOf(set.language)
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    context.font = fontOf('plain', 24 * unit)
    const width = Math.min(290 * unit, context.measureText(words).width + 26 * unit)
    context.fillStyle = 'rgba(4,8,20,0.42)'
    context.beginPath()
    context.roundRect(0, 4 * unit, width, 36 * unit, 18 * unit)
    context.fill()
    context.fillStyle = 'rgba(255,255,255,0.92)'
    context.textAlign = 'center'
    context.fillText(words, width / 2, 23 * unit)
  })
}

/** Graphics a shot of the story asks for, timed to its pictures. */
const forShot = (set: Set, unit: number, index: number): Timed[] => {
  const { shotList, pack } = set
  const shot = shotList.shots[index]
  const slot = pack.story.find((one) => one.id === shot?.slot)
  if (!shot || !slot) return []
  const end = shot.startFrame + shot.frames
  const last = index === shotList.shots.length - 1
  const [width, height] = [shotList.width, shotList.height]
  const rtl = directionOf(set.language) === 'rtl'
  return slot.graphics.map((kind): Timed => {
    if (kind === 'title') {
      const title = bakeTitle(set, unit)
      return {
        from: shot.startFrame + 6,
        to: last ? end + 30 : end,
        lay: (picture, frame, from, to) =>
          layOverlay(picture, title, {
            x: (width - title.width) / 2,
            y: height * 0.69 + 26 * unit * (1 - easeOut((frame - from) / 14)),
            opacity: presence(frame, from, to, 9),
          }),
      }
    }
    if (kind === 'lower-third') {
      const third = bakeLowerThird(set, unit)
      return {
        from: shot.startFrame + 7,
        to: end,
        lay: (picture, frame, from, to) => {
          const open = easeOut((frame - from) / 11) * (frame > to - 6 ? easeOut((to - frame) / 6) : 1)
          const seen = Math.round((open * third.width) / 2) * 2
          const x = rtl ? width - third.width - 24 * unit : 36 * unit
          layOverlay(picture, third, {
            x,
            y: height * 0.76,
            opacity: Math.min(1, open * 2),
            ...(rtl ? { from: third.width - seen } : { to: seen }),
          })
        },
      }
    }
    if (kind === 'score') {
      const score = bakeScore(set, unit)
      return {
        from: shot.startFrame + 8,
        to: end,
        lay: (picture, frame, from, to) =>
          layOverlay(picture, score, {
            x: (width - score.width) / 2,
            y: height * 0.79 + 40 * unit * (1 - easeOut((frame - from) / 10)),
            opacity: presence(frame, from, to),
          }),
      }
    }
    const ticker = bakeTicker(set, unit)
    return {
      from: shot.startFrame + 3,
      to: end,
      lay: (picture, frame, from, to) => {
        const scroll = (frame - from) * 4 * unit
        layOverlay(picture, ticker, {
          x: rtl ? width - ticker.width + scroll : -scroll,
          y: height * 0.925,
          opacity: presence(frame, from, to, 5),
        })
      },
    }
  })
}

/** Bakes all graphics of a film. */
export const bakeGraphics = (set: Set): Graphics => {
  registerFonts()
  const unit = set.shotList.width / 720
  const timed = set.shotList.shots.flatMap((_, index) => forShot(set, unit, index))
  const mark = bakeMark(set, unit)
  return {
    mark: (picture) => layOverlay(picture, mark, { x: 24 * unit, y: 24 * unit, opacity: 0.9 }),
    titles: (picture, frame) => {
      for (const graphic of timed)
        if (frame >= graphic.from && frame < graphic.to) graphic.lay(picture, frame, graphic.from, graphic.to)
    },
  }
}
