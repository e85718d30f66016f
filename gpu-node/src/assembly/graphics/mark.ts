/** The mark that says a film is AI-generated (F8): in reading size on a phone, on a ground of its own, out of the way. */
import type { Language } from '@fanreel/protocol'
import { Path2D } from '@napi-rs/canvas'
import type { Graphic } from './graphic.ts'
import { clear, drawLine, type Kit, leaning, lineOf, mirrored } from './kit.ts'

/** Letters whose capitals are 22 pixels high in a film 720 wide. */
const SIZE = 32
/** Below a phone's own line of buttons at the top. */
const TOP = 0.054
const SIDE = 26

/** What the mark says where the world has no words for it in the film's language: English would not be understood. */
const WORDS: Record<Language, string> = {
  en: 'AI-generated',
  it: "Generato con l'IA",
  fr: 'Généré par IA',
  de: 'KI-generiert',
  es: 'Generado con IA',
  pt: 'Gerado por IA',
  ar: 'مُولَّد بالذكاء الاصطناعي',
  ja: 'AI生成',
  ko: 'AI 생성',
  zh: 'AI 生成',
}

/** The words of the mark: the world's own in the film's language where it says something, the node's otherwise. */
export const markWords = ({ pack, language }: Pick<Kit, 'pack' | 'language'>): string => {
  const words = pack.film.aiMark[language] ?? ''
  return /(?!\p{Default_Ignorable_Code_Point})\p{L}/u.test(words) ? words : WORDS[language]
}

/** The mark never moves: whoever stops the film anywhere sees it. */
export const aiMark = (kit: Kit): Graphic => {
  const { unit, pack } = kit
  const { ink, paper, accent } = pack.palette
  const slanted = pack.graphics.plates === 'slanted'
  const voice = { ...kit.voices.calm, weight: 600, italic: false, tracking: slanted ? 0.01 : 0.04 }
  const line = lineOf(kit, markWords(kit), voice, [SIZE, SIZE, 480])
  const height = 50 * unit
  const body = 52 * unit + line.width + 20 * unit
  const width = body + 14 * unit
  return {
    x: kit.rtl ? kit.width - SIDE * unit - width : SIDE * unit,
    y: kit.height * TOP,
    width,
    height,
    coming: 0,
    going: 0,
    draw: (context) => {
      mirrored(context, kit, width, () => {
        context.fillStyle = clear(ink, 0.72)
        if (slanted) leaning(context, 0, body, 0, height)
        else {
          context.beginPath()
          context.roundRect(0, 0, body, height, height / 2)
          context.fill()
        }
        // A star of four points, as programs that make pictures are marked.
        context.translate(slanted ? 18 * unit : 16 * unit, 12 * unit)
        context.scale(0.26 * unit, 0.26 * unit)
        context.fillStyle = accent
        context.fill(new Path2D('M50 0C54 34 66 46 100 50C66 54 54 66 50 100C46 66 34 54 0 50C34 46 46 34 50 0Z'))
      })
      const x = 52 * unit
      drawLine(context, kit, line, kit.rtl ? width - x : x, 36 * unit, paper)
    },
  }
}
