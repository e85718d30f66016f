/** Faces of a few pictures a second, linked into people, and the choice of the one the film is about. */
import { starWeight } from '@fanreel/protocol'
import type { Box } from './cast.ts'

/** A face in one picture: box as shares 0..1, whether its mesh agrees that it is one, tilt of its eye line in radians. */
export type ScoutedFace = { box: Box; score: number; certain: boolean; roll: number }

/** One person's face through the clip; boxes as shares 0..1 of the picture, absent where it was not seen. */
export type Track = {
  boxes: (Box | undefined)[]
  stepMs: number
  /** Pictures in which it was seen. */
  count: number
  /** Mean width, as a share. */
  width: number
  /** Sum over all pictures of how large, central and certain it was. */
  weight: number
}

const centre = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 })
const away = (a: Box, b: Box) => Math.hypot(centre(a).x - centre(b).x, centre(a).y - centre(b).y)
/** A face moves at most this many of its own widths from one picture to the next. */
const REACH = 1.5

/** Links the faces of successive pictures, `stepMs` apart. */
export const linkTracks = (frames: readonly (readonly ScoutedFace[])[], stepMs: number): Track[] => {
  const open: { track: Track; last: Box }[] = []
  frames.forEach((faces, index) => {
    const free = new Set(open)
    for (const { box, score, certain } of faces) {
      const near = [...free]
        .filter(({ last }) => away(last, box) < REACH * box.width)
        .sort((a, b) => away(a.last, box) - away(b.last, box))[0]
      const entry = near ?? { track: { boxes: frames.map(() => undefined), stepMs, count: 0, width: 0, weight: 0 }, last: box }
      if (near) free.delete(near)
      else open.push(entry)
      const { track } = entry
      track.boxes[index] = box
      track.width = (track.width * track.count + box.width) / (track.count + 1)
      track.count++
      track.weight += starWeight({ box, score, certain })
      entry.last = box
    }
  })
  return open.map(({ track }) => track)
}

/** The star: the largest, most central face, seen the longest. */
export const chooseStar = (tracks: readonly Track[]): Track | undefined => [...tracks].sort((a, b) => b.weight - a.weight)[0]

/** A track's box at a time, between the pictures in which it was seen; nothing more than half a second from any of them. */
export const trackAt = (track: Track, timeMs: number): Box | undefined => {
  const place = timeMs / track.stepMs
  const reach = Math.ceil(500 / track.stepMs)
  const seen = (from: number, step: -1 | 1) => {
    for (let index = from; Math.abs(index - place) <= reach; index += step) if (track.boxes[index]) return index
    return undefined
  }
  const before = seen(Math.floor(place), -1)
  const after = seen(Math.floor(place) + 1, 1)
  const [a, b] = [before ?? after, after ?? before]
  if (a === undefined || b === undefined) return undefined
  const [from, to] = [track.boxes[a], track.boxes[b]]
  if (!from || !to) return undefined
  const t = b === a ? 0 : (place - a) / (b - a)
  const mix = (x: number, y: number) => x + (y - x) * t
  return { x: mix(from.x, to.x), y: mix(from.y, to.y), width: mix(from.width, to.width), height: mix(from.height, to.height) }
}
