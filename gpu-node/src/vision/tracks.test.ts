import { describe, expect, it } from 'vitest'
import type { Box } from './cast.ts'
import { chooseStar, linkTracks, type ScoutedFace, trackAt } from './tracks.ts'

const STEP_MS = 1000 / 3
/** A face whose middle is at (x, y), as shares of the picture. */
const face = (x: number, y: number, size: number, more: Partial<ScoutedFace> = {}): ScoutedFace => ({
  box: { x: x - size / 2, y: y - size / 2, width: size, height: size },
  score: 0.9,
  certain: true,
  roll: 0,
  ...more,
})
const middle = ({ x, width }: Box) => x + width / 2
const starOf = (frames: ScoutedFace[][]) => chooseStar(linkTracks(frames, STEP_MS))
const times = (count: number, facesAt: (index: number) => ScoutedFace[]) => Array.from({ length: count }, (_, i) => facesAt(i))

describe('faces of successive pictures', () => {
  it('become one track each, whatever the order in which they are found', () => {
    const tracks = linkTracks(
      times(9, (i) => (i % 2 ? [face(0.25, 0.4, 0.1), face(0.75, 0.4, 0.1)] : [face(0.75, 0.4, 0.1), face(0.25, 0.4, 0.1)])),
      STEP_MS,
    )
    expect(tracks.map((track) => track.count)).toEqual([9, 9])
    for (const track of tracks) expect(new Set(track.boxes.map((box) => middle(box!).toFixed(2))).size).toBe(1)
  })

  it('are one track when a person walks or is hidden for a moment, two when another appears elsewhere', () => {
    const walking = times(9, (i) => (i === 4 ? [] : [face(0.2 + 0.06 * i, 0.4, 0.12)]))
    expect(linkTracks(walking, STEP_MS).map((track) => track.count)).toEqual([8])
    expect(linkTracks([[face(0.2, 0.4, 0.1)], [face(0.8, 0.4, 0.1)]], STEP_MS).length).toBe(2)
  })
})

describe('the star', () => {
  it('of two people is the nearer one', () => {
    expect(middle(starOf(times(9, () => [face(0.3, 0.4, 0.1), face(0.7, 0.4, 0.16)]))!.boxes[0]!)).toBeCloseTo(0.7)
  })

  it('of two equally near is who stands in the middle', () => {
    expect(middle(starOf(times(9, () => [face(0.08, 0.4, 0.14), face(0.5, 0.4, 0.14)]))!.boxes[0]!)).toBeCloseTo(0.5)
  })

  it('is who stays, not who passes close to the camera', () => {
    const star = starOf(times(12, (i) => [face(0.5, 0.4, 0.12), ...(i === 5 ? [face(0.85, 0.5, 0.3)] : [])]))
    expect(middle(star!.boxes[0]!)).toBeCloseTo(0.5)
  })

  it('is the wearer and not the larger face printed on the shirt', () => {
    const star = starOf(times(9, () => [face(0.5, 0.3, 0.1), face(0.5, 0.7, 0.2, { certain: false })]))
    expect(star!.boxes[0]!.y).toBeLessThan(0.3)
  })

  it('is nobody where there is no face', () => {
    expect(starOf([[], [], []])).toBeUndefined()
  })
})

describe('a track at a time', () => {
  const track = linkTracks(
    times(6, (i) => (i === 2 || i > 3 ? [] : [face(0.2 + 0.06 * i, 0.4, 0.12)])),
    STEP_MS,
  )[0]!

  it('lies between the pictures in which it was seen', () => {
    expect(middle(trackAt(track, 0)!)).toBeCloseTo(0.2)
    expect(middle(trackAt(track, STEP_MS / 2)!)).toBeCloseTo(0.23)
    expect(middle(trackAt(track, 2 * STEP_MS)!)).toBeCloseTo(0.32)
  })

  it('stays at its end for a moment and is nowhere long after', () => {
    expect(middle(trackAt(track, 3.5 * STEP_MS)!)).toBeCloseTo(0.38)
    expect(trackAt(track, 20 * STEP_MS)).toBeUndefined()
  })
})
