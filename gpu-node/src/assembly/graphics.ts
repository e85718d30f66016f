/**
 * The film's broadcast graphics: title, lower third, score, ticker, and the mark that says the film is AI-generated.
 * Words come from the pack in the visitor's language, their look from the pack's `graphics` and palette.
 */
import type { Pack } from '@fanreel/content-packs/schema'
import type { Language, ShotList } from '@fanreel/protocol'
import { type Layer, layerOf } from './graphics/graphic.ts'
import { below, channelsOf, createKit, type Kit } from './graphics/kit.ts'
import { lowerThird } from './graphics/lower-third.ts'
import { aiMark } from './graphics/mark.ts'
import { score } from './graphics/score.ts'
import { ticker } from './graphics/ticker.ts'
import { title } from './graphics/title.ts'
import { MATCH_OUT } from './match-cut.ts'
import { type YuvPicture, yuvOf } from './picture.ts'
import type { Leak } from './transitions.ts'

export type Graphics = {
  /**
   * Prepares what the story asks for over a shot. `faceBottom` is asked, where anything is, for how far down the picture the face
   * comes in that shot, in pixels; without this call graphics lie where they lie.
   */
  begin(index: number, faceBottom: () => Promise<number>): Promise<void>
  /** The colour of light that leaks in with the world's flashes; without it they are white. */
  readonly leak: Leak | undefined
  /** Lays the AI mark: on every picture of the film and on its poster, so that whoever sees either can see it (F8). */
  mark(picture: YuvPicture): void
  /** Lays what the story asks for at this frame; the visitor's first name may be in it. */
  titles(picture: YuvPicture, frame: number): void
}

type Timed = { from: number; to: number; lay: Layer }

/** Pictures of a shot before its graphics come: the eye finds the face first. */
const BEGINS = { title: 5, 'lower-third': 6, score: 5, ticker: 3 } as const
/** Graphics are gone before the picture changes or begins to move: a cut takes nothing with it. */
const ENDS_BEFORE = 3

/** Graphics a shot of the story asks for, timed to its pictures, below the face where there is room. */
const forShot = (kit: Kit, shotList: ShotList, index: number, faceBottom: number): Timed[] => {
  const shot = shotList.shots[index]
  if (!shot) return []
  const end = shot.startFrame + shot.frames
  const last = index === shotList.shots.length - 1
  return kindsOf(kit, shotList, index).map((kind): Timed => {
    // Sooner in a short shot.
    const from = shot.startFrame + Math.min(BEGINS[kind], Math.floor(shot.frames / 12))
    // The last shot's title does not leave.
    const moves = shotList.shots[index + 1]?.transition === 'match' ? MATCH_OUT : ENDS_BEFORE
    const to = last && kind === 'title' ? end + 30 : end - moves
    if (kind === 'title') return { from, to, lay: title(kit, faceBottom) }
    if (kind === 'lower-third') return { from, to, lay: layerOf(below(lowerThird(kit), kit, faceBottom)) }
    if (kind === 'score') return { from, to, lay: layerOf(below(score(kit, to - from), kit, faceBottom)) }
    return { from, to, lay: ticker(kit, shot.frames) }
  })
}

const kindsOf = (kit: Kit, shotList: ShotList, index: number) =>
  kit.pack.story.find((slot) => slot.id === shotList.shots[index]?.slot)?.graphics ?? []

/** Light of a palette colour, as a lamp has it: nearer to white than paint of that colour. */
const leakOf = (colour: string): Leak => {
  const [y, u, v] = yuvOf(...channelsOf(colour))
  return [(y + 235) / 2, 128 + (u - 128) * 0.75, 128 + (v - 128) * 0.75]
}

/** Prepares all graphics of a film. Throws where a typeface cannot be read. */
export const bakeGraphics = (set: {
  pack: Pack
  language: Language
  firstName?: string | undefined
  shotList: ShotList
}): Graphics => {
  const { shotList } = set
  const kit = createKit(set)
  const mark = layerOf(aiMark(kit))
  const timed = new Map<number, readonly Timed[]>()
  const of = (index: number, faceBottom = 0): readonly Timed[] => {
    const known = timed.get(index) ?? forShot(kit, shotList, index, faceBottom)
    timed.set(index, known)
    return known
  }
  return {
    leak: set.pack.graphics.flash === 'leak' ? leakOf(set.pack.palette.accent) : undefined,
    begin: async (index, faceBottom) => {
      // A ticker lies lower than any face.
      if (kindsOf(kit, shotList, index).some((kind) => kind !== 'ticker')) of(index, await faceBottom())
    },
    mark: (picture) => mark(picture, 0, 0, 1),
    titles: (picture, frame) => {
      const index = shotList.shots.findLastIndex((shot) => shot.startFrame <= frame)
      for (const { from, to, lay } of of(index)) if (frame >= from && frame < to) lay(picture, frame, from, to)
    },
  }
}
