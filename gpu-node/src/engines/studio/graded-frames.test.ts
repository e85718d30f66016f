import { describe, expect, it } from 'vitest'
import { createGradedFrames } from './graded-frames.ts'

/** Which frames were graded, in order, and into which of `count` layers. */
const graded = (count: number) => {
  const said: [index: number, at: number][] = []
  const layers = Array.from({ length: count }, (_, at) => ({ at }))
  return { said, frames: createGradedFrames(layers, (index, into) => void said.push([index, into.at])) }
}

describe('graded frames', () => {
  it('are graded once as long as no more are asked for than are kept', () => {
    const { said, frames } = graded(2)
    for (const index of [7, 8, 7, 8, 8, 9, 8, 9]) frames.at(index)
    expect(said).toEqual([
      [7, 0],
      [8, 1],
      [9, 0],
    ])
  })

  it('give way in the order in which they were used', () => {
    const { said, frames } = graded(3)
    for (const index of [1, 2, 3, 1, 4, 1, 3, 2]) frames.at(index)
    expect(said.map(([index]) => index)).toEqual([1, 2, 3, 4, 2])
    expect(frames.at(1)).not.toBe(frames.at(3))
  })

  it('are graded anew when the light has changed', () => {
    const { said, frames } = graded(2)
    frames.at(5)
    frames.forget()
    frames.at(5)
    expect(said.map(([index]) => index)).toEqual([5, 5])
  })
})
