import { describe, expect, it } from 'vitest'
import type { Face } from './cast.ts'
import { facesBetween } from './face-between.ts'

const face = (x: number): Face => ({
  box: { x, y: 10, width: 100, height: 120 },
  score: x / 100,
  landmarks: [{ x: x + 5, y: 20 }],
  yaw: 0,
  roll: 0,
  mouthOpen: x / 100,
  smile: 0,
  eyesOpen: 1,
  mesh: Float32Array.of(x, 1, 2),
})

describe('faces of frames between two looks', () => {
  it('lie half way, box, points and expression', () => {
    const [first, between, last] = facesBetween([face(10), undefined, face(30)], 2, 3)
    expect(first).toEqual(face(10))
    expect(last).toEqual(face(30))
    expect(between).toMatchObject({ box: { x: 20 }, landmarks: [{ x: 25, y: 20 }], mouthOpen: 0.2 })
    expect([...between!.mesh!]).toEqual([20, 1, 2])
  })

  it('are none beside a look that found none, and the last face stays to the end', () => {
    const faces = facesBetween([face(10), undefined, undefined, undefined, face(30)], 2, 6)
    expect(faces.map((found) => found?.box.x)).toEqual([10, undefined, undefined, undefined, 30, 30])
  })
})
