/**
 * The film's typefaces, out of npm packages (SIL Open Font License), 28 MB for nearly every script a name is written in.
 * Each package holds a typeface in pieces by ranges of characters; a piece is made known to the canvas when a text first
 * needs it, so that a name in Chinese costs three small files and not the whole of them.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { GlobalFonts } from '@napi-rs/canvas'
import { z } from 'zod'
import { charactersOf } from './character-map.ts'

const require = createRequire(import.meta.url)

/** `file` names a piece's files; a typeface without a weight axis has one for each weight. */
const FACES = {
  condensed: { package: '@fontsource/barlow-condensed', file: 'barlow-condensed-PIECE-WEIGHT-normal', weights: [500, 600, 700] },
  italic: { package: '@fontsource/barlow-condensed', file: 'barlow-condensed-PIECE-WEIGHT-italic', weights: [500, 600, 700] },
  geometric: { package: '@fontsource-variable/jost', file: 'jost-PIECE-wght-normal' },
  plain: { package: '@fontsource-variable/noto-sans', file: 'noto-sans-PIECE-standard-normal' },
  arabic: { package: '@fontsource-variable/noto-sans-arabic', file: 'noto-sans-arabic-PIECE-standard-normal' },
  hebrew: { package: '@fontsource-variable/noto-sans-hebrew', file: 'noto-sans-hebrew-PIECE-standard-normal' },
  devanagari: { package: '@fontsource-variable/noto-sans-devanagari', file: 'noto-sans-devanagari-PIECE-standard-normal' },
  thai: { package: '@fontsource-variable/noto-sans-thai', file: 'noto-sans-thai-PIECE-standard-normal' },
  japanese: { package: '@fontsource-variable/noto-sans-jp', file: 'noto-sans-jp-PIECE-wght-normal' },
  korean: { package: '@fontsource-variable/noto-sans-kr', file: 'noto-sans-kr-PIECE-wght-normal' },
  'simplified-chinese': { package: '@fontsource-variable/noto-sans-sc', file: 'noto-sans-sc-PIECE-wght-normal' },
  'traditional-chinese': { package: '@fontsource-variable/noto-sans-tc', file: 'noto-sans-tc-PIECE-wght-normal' },
  emoji: { package: '@fontsource-variable/noto-emoji', file: 'noto-emoji-PIECE-wght-normal' },
} as const
export type FaceName = keyof typeof FACES
export const FACE_NAMES = Object.keys(FACES).filter((name): name is FaceName => name in FACES)

type Piece = { name: string; ranges: readonly (readonly [number, number])[] }

const PieceList = z.record(z.string(), z.string())
const rangeOf = (text: string): [number, number] => {
  const [from = '', to = from] = text.replace(/U\+/gi, '').split('-')
  return [Number.parseInt(from, 16), Number.parseInt(to, 16)]
}

const known = new Map<FaceName, readonly Piece[]>()
const piecesOf = (name: FaceName): readonly Piece[] => {
  let pieces = known.get(name)
  if (!pieces) {
    const list = PieceList.parse(JSON.parse(readFileSync(require.resolve(`${FACES[name].package}/unicode.json`), 'utf8')))
    // The package calls its numbered pieces `[4]`, their files `4`.
    pieces = Object.entries(list).map(([piece, ranges]) => ({
      name: piece.replace(/[[\]]/g, ''),
      ranges: ranges.split(',').map(rangeOf),
    }))
    known.set(name, pieces)
  }
  return pieces
}

const fileOf = (name: FaceName, piece: Piece, weight?: number): string => {
  const file = FACES[name].file.replace('PIECE', piece.name).replace('WEIGHT', String(weight))
  return require.resolve(`${FACES[name].package}/files/${file}.woff2`)
}

const weightsOf = (name: FaceName): readonly (number | undefined)[] => {
  const face = FACES[name]
  return 'weights' in face ? face.weights : [undefined]
}

const drawn = new Map<Piece, ReadonlySet<number>>()
const draws = (name: FaceName, piece: Piece, character: number): boolean => {
  let characters = drawn.get(piece)
  if (!characters) {
    characters = charactersOf(readFileSync(fileOf(name, piece, weightsOf(name)[0])))
    drawn.set(piece, characters)
  }
  return characters.has(character)
}

const pieceWith = (name: FaceName, character: number): Piece | undefined =>
  piecesOf(name).find(
    (piece) => piece.ranges.some(([from, to]) => character >= from && character <= to) && draws(name, piece, character),
  )

/** Whether the typeface has a drawing for this character. Throws where its file cannot be read. */
export const hasCharacter = (name: FaceName, character: number): boolean => pieceWith(name, character) !== undefined

const registered = new Set<string>()
const register = (name: FaceName, piece: Piece): string => {
  const family = `Fanreel ${name} ${piece.name}`
  if (registered.has(family)) return family
  for (const weight of weightsOf(name))
    if (!GlobalFonts.registerFromPath(fileOf(name, piece, weight), family))
      throw new Error(`the typeface ${family} cannot be read`)
  registered.add(family)
  return family
}

/**
 * The canvas's name of the piece of a typeface that has this character, which is known to the canvas from then on;
 * undefined where the typeface has it not. Throws where its file cannot be read.
 */
export const familyWith = (name: FaceName, character: number): string | undefined => {
  const piece = pieceWith(name, character)
  return piece && register(name, piece)
}
