/**
 * The music of a film: its pieces in order, its stems up and down with the shots. Everything plays where the film is seen;
 * where somebody speaks the tune is silent and the drums step back; into a flash the music closes like a door and opens on
 * the cut.
 */
import type { ShotList } from '@fanreel/protocol'
import type { Piece } from './arrangement.ts'
import { type Curve, curve, lay, samplesOf, silence, type Turn } from './bus.ts'
import { filter, lowPass } from './filters.ts'
import { STEMS, type Stem } from './pack-sounds.ts'
import type { Sound } from './pcm.ts'

/** The level of the whole: music that plays alone is as loud as a voice (`VOICE_LUFS`). */
const MUSIC = 0.71
/** Stems while the visitor speaks, against that. */
const SPOKEN: Record<Stem, number> = { drums: 0.4, bass: 0.8, harmony: 0.9, melody: 0 }
/** A stem is down this long after a cut to the voice; it is back on the cut from it, having begun this long before. In seconds. */
const DOWN = 0.16
const UP = 0.03
/** A piece comes in this long before its beat, so that the beat's own strike is whole; the one before rings on, and neither clicks (F21). In seconds. */
const JOIN_IN = 0.012
const JOIN_OUT = 0.14
/** How long before a flash the music closes, in beats, how far, Hz, and how fast it opens, in seconds. */
const CLOSES_BEATS = 1
const CLOSED_HZ = 420
const OPENS = 0.004

export type MusicTask = {
  stems: Record<Stem, Sound>
  shotList: ShotList
  pieces: readonly Piece[]
  /** Samples of a beat of the music, and where its first beat is. */
  beat: number
  firstBeat: number
}

/** A stem's level over the film. */
const stemLevel = (stem: Stem, shotList: ShotList, length: number): Curve => {
  const at = (frame: number) => samplesOf(frame / shotList.fps)
  const turns: Turn[] = []
  let level = MUSIC * (shotList.shots[0]?.voice ? SPOKEN[stem] : 1)
  const first = level
  for (const shot of shotList.shots.slice(1)) {
    const next = MUSIC * (shot.voice ? SPOKEN[stem] : 1)
    if (next < level) turns.push({ at: at(shot.startFrame) - samplesOf(0.01), value: next, ramp: samplesOf(DOWN) })
    else if (next > level) turns.push({ at: at(shot.startFrame) - samplesOf(UP), value: next, ramp: samplesOf(UP) })
    level = next
  }
  return curve(first, turns, length)
}

/** Closes the music before each flash: the same music without its highs takes over, and gives back on the cut. */
const closeBeforeFlashes = (music: Sound, shotList: ShotList, beat: number): void => {
  for (const shot of shotList.shots.slice(1)) {
    if (shot.transition !== 'flash') continue
    const cut = samplesOf(shot.startFrame / shotList.fps)
    const from = Math.max(0, Math.round(cut - CLOSES_BEATS * beat))
    const opening = samplesOf(OPENS)
    for (const channel of music) {
      const stretch = channel.subarray(from, cut)
      const closed = filter(filter(stretch, lowPass(CLOSED_HZ)), lowPass(CLOSED_HZ))
      for (let i = 0; i < stretch.length; i++) {
        const t = i / stretch.length
        const share = 0.85 * t * t * Math.min(1, (stretch.length - i) / opening)
        stretch[i] = (stretch[i] ?? 0) * (1 - share) + (closed[i] ?? 0) * share
      }
    }
  }
}

/** The two edges of a piece that does not go on from the one before, or into the next. */
const RISE = Float32Array.from({ length: samplesOf(JOIN_IN) }, (_, i) => i / samplesOf(JOIN_IN))
const FALL = Float32Array.from({ length: samplesOf(JOIN_IN + JOIN_OUT) }, (_, i) =>
  Math.cos(((Math.PI / 2) * i) / samplesOf(JOIN_IN + JOIN_OUT)),
)

/** One stem cut together from its pieces into `out`, stereo and as long as the film. */
const cutTogether = (stem: Sound, { pieces, beat, firstBeat }: MusicTask, out: Sound): void => {
  for (const channel of out) channel.fill(0)
  pieces.forEach((piece, index) => {
    const [before, next] = [pieces[index - 1], pieces[index + 1]]
    const joins = before !== undefined && before.music + before.beats !== piece.music
    const leaves = next !== undefined && piece.music + piece.beats !== next.music
    const starts = Math.round(piece.film * beat)
    const ends = next ? Math.round((piece.film + piece.beats) * beat) : (out[0]?.length ?? 0)
    const at = starts - Math.round(piece.music * beat) - firstBeat
    const fallsFrom = ends - samplesOf(JOIN_IN)
    lay(out, stem, at, 1, { from: starts - at, to: (leaves ? fallsFrom : ends) - at })
    const risesFrom = starts - RISE.length
    const rise = [{ from: risesFrom, to: starts, values: RISE }]
    const fall = [{ from: fallsFrom, to: fallsFrom + FALL.length, values: FALL }]
    if (joins) lay(out, stem, at, rise)
    if (leaves) lay(out, stem, at, fall)
  })
}

/** The film's music, stereo and as long as the film. */
export const playMusic = (task: MusicTask): Sound => {
  const { stems, shotList, beat } = task
  const length = samplesOf(shotList.frames / shotList.fps)
  const music = silence(length)
  const part = silence(length)
  for (const stem of STEMS) {
    cutTogether(stems[stem], task, part)
    lay(music, part, 0, stemLevel(stem, shotList, length))
  }
  closeBeforeFlashes(music, shotList, beat)
  return music
}
