/**
 * Whether words before a moving picture can be read. Axe leaves their contrast undecided: it knows colours, not pictures. Here the
 * words are hidden, the screen is taken as it then is, and each line's colour is held against the pixels that lay behind it.
 */
import type { Page } from 'playwright-core'
import { PNG } from 'pngjs'

/** A line of words as it stood on the screen. */
type Line = {
  words: string
  box: { x: number; y: number; width: number; height: number }
  /** All colours that its letters have, as red, green, blue (0 to 255) and alpha (0 to 1). */
  inks: [number, number, number, number][]
  /** WCAG 2.2, 1.4.3: 24 px, or 18.66 px and bold. */
  large: boolean
}
export type Contrast = { words: string; contrast: number; least: number }

/** WCAG 2.2, 1.4.3. */
const LEAST = { large: 3, other: 4.5 }
/**
 * A line is as readable as its worst twentieth: one glittering pixel takes no letter away, but a bright patch as wide as a letter
 * does, and a mean over the line would forgive it. (A line has some twenty letters or fewer.)
 */
const WORST_SHARE = 0.05
/** Every third pixel across and down: thinner strokes than any letter has. */
const STEP_PX = 3
/** Above and below the ink a line's box holds room for other letters: this share of its height each. */
const SPARE = 0.15

const LINES = `(() => {
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const inkOf = (colour, opacity) => {
    paint.clearRect(0, 0, 1, 1)
    paint.fillStyle = colour
    paint.fillRect(0, 0, 1, 1)
    const [red, green, blue, alpha] = paint.getImageData(0, 0, 1, 1).data
    return [red, green, blue, (alpha / 255) * opacity]
  }
  const lines = []
  const texts = document.createTreeWalker(document.querySelector('.screens') ?? document.body, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const holder = node.parentElement
    if (!node.textContent.trim() || !holder.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    if (holder.closest('svg, [aria-hidden=true], [disabled], [aria-disabled=true]')) continue
    const style = getComputedStyle(holder)
    let opacity = 1
    for (let up = holder; up; up = up.parentElement) opacity *= Number(getComputedStyle(up).opacity)
    const colours = style.backgroundClip === 'text' ? style.backgroundImage.match(/(rgba?|color|oklab|oklch)\\([^)]*\\)/g) : [style.color]
    const size = parseFloat(style.fontSize)
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const { x, y, width, height } of range.getClientRects()) {
      if (width <= 4 || height <= 4) continue
      lines.push({
        words: node.textContent.trim().slice(0, 40),
        box: { x, y, width, height },
        inks: colours.map((colour) => inkOf(colour, opacity)),
        large: size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700),
      })
    }
  }
  return lines
})()`

/** Everything as it is, but for the words. */
const WORDLESS = `* { color: transparent !important; -webkit-text-fill-color: transparent !important; -webkit-text-stroke-color: transparent !important;
  text-shadow: none !important; transition: none !important } .bg-clip-text { background: none !important }`
/** The brightest picture that any world could have: its film moved out of its player, which is white. */
const WHITE_FILM = 'video { background: #fff !important; object-position: -9999px -9999px !important }'

/** A style sheet that a content security policy lets by; none takes it away again. */
const dress = (page: Page, ...rules: string[]): Promise<void> =>
  page.evaluate(`(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(${JSON.stringify(rules.join('\n'))})
    document.adoptedStyleSheets = [sheet]
  })()`)

/** Shows every film that has an end at a share of its length; a camera's goes on. */
const seek = (page: Page, share: number): Promise<void> =>
  page.evaluate(`Promise.all([...document.querySelectorAll('video')].filter(({ duration }) => Number.isFinite(duration)).map((film) =>
    new Promise((shown) => {
      film.addEventListener('seeked', shown, { once: true })
      film.currentTime = film.duration * ${share}
    }))).then(() => undefined)`)

const linear = (value: number): number => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)
const luminance = ([red, green, blue]: readonly [number, number, number]): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)

/** The contrast of a line's worst twentieth with what lies behind it, of its colours the one that is worse. */
const contrastOf = ({ box, inks }: Line, { data, width, height }: PNG): number => {
  const found: number[] = []
  const end = { x: Math.min(width, box.x + box.width), y: Math.min(height, box.y + box.height * (1 - SPARE)) }
  for (let y = Math.max(0, box.y + box.height * SPARE); y < end.y; y += STEP_PX)
    for (let x = Math.max(0, box.x); x < end.x; x += STEP_PX) {
      const at = (Math.floor(y) * width + Math.floor(x)) * 4
      const behind = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0] as const
      const ground = luminance(behind)
      const worst = inks.map(([red, green, blue, alpha]) => {
        const over = (ink: number, below: number) => ink * alpha + below * (1 - alpha)
        const light = luminance([over(red, behind[0]), over(green, behind[1]), over(blue, behind[2])])
        return (Math.max(light, ground) + 0.05) / (Math.min(light, ground) + 0.05)
      })
      found.push(Math.min(...worst))
    }
  found.sort((one, other) => one - other)
  // A line of which nothing is on the screen is another rule's business.
  return found[Math.floor(found.length * WORST_SHARE)] ?? Number.POSITIVE_INFINITY
}

/** A line by its words and its place. */
const nameOf = ({ words, box }: Line): string => `${words} ${Math.round(box.x)} ${Math.round(box.y)}`

/**
 * Each line of the present screen at its worst over all pictures that are tried, and the contrast that WCAG asks of it.
 *
 * @param shares of a film's length at which films are looked at; a live picture is taken as often
 * @param white whether films are also taken for white ones
 */
export const contrastsOn = async (page: Page, shares: readonly number[], white: boolean): Promise<Contrast[]> => {
  const worst = new Map<string, Contrast>()
  const take = async (...rules: string[]) => {
    const before = await page.evaluate<Line[]>(LINES)
    await dress(page, WORDLESS, ...rules)
    const picture = PNG.sync.read(await page.screenshot({ animations: 'disabled' }))
    await dress(page)
    // A film that begins to play takes its button away: what has gone meanwhile had nothing of its own behind it.
    const after = new Set((await page.evaluate<Line[]>(LINES)).map(nameOf))
    for (const line of before.filter((one) => after.has(nameOf(one)))) {
      const contrast = contrastOf(line, picture)
      const least = line.large ? LEAST.large : LEAST.other
      if (contrast < (worst.get(nameOf(line))?.contrast ?? Number.POSITIVE_INFINITY))
        worst.set(nameOf(line), { words: line.words, contrast, least })
    }
  }
  for (const share of shares) {
    await seek(page, share)
    await take()
  }
  if (white) await take(WHITE_FILM)
  return [...worst.values()]
}
