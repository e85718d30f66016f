/** The oval as it is drawn is the oval that is judged, before a camera of any shape. */
import { describe, expect, it } from 'vitest'
import { type Size, uprightSize } from '../camera/picture-shape.ts'
import { misplacementOf, OVAL, type Ring, ringOf, STAGE } from './oval.ts'

const CAMERAS: [string, Size, Size | undefined][] = [
  ['9:16', { width: 1080, height: 1920 }, undefined],
  ['3:4', { width: 720, height: 960 }, undefined],
  ['4:3', { width: 640, height: 480 }, { width: 360, height: 480 }],
  ['16:9', { width: 1920, height: 1080 }, { width: 810, height: 1080 }],
]

/** Where a point of the stage lies on a picture, in pixels: what the browser does to the drawing (xMidYMin meet). */
const onPicture = ({ width, height }: Size, x: number, y: number) => {
  const scale = Math.min(width / STAGE.width, height / STAGE.height)
  return { x: (width - STAGE.width * scale) / 2 + x * scale, y: y * scale, scale }
}

describe.each(CAMERAS)('before a camera of %s', (_, camera, cropped) => {
  it('films an upright picture, the one that is shown', () => expect(uprightSize(camera)).toEqual(cropped))

  // Also as it came, for a camera that cannot be cropped.
  it.each([cropped ?? camera, camera])('finds a face where the oval is drawn, in %j', (picture) => {
    const faceAt = (stageX: number, stageY: number) => {
      const { x, y, scale } = onPicture(picture, stageX, stageY)
      const [width, height] = [OVAL.rx * scale, OVAL.ry * scale]
      return ringOf(picture, { x: x - width / 2, y: y - height / 2, width, height })
    }
    const ring: Ring = faceAt(OVAL.cx, OVAL.cy)
    expect(ring.cx).toBeCloseTo(OVAL.cx)
    expect(ring.cy).toBeCloseTo(OVAL.cy)
    expect(misplacementOf(ring)).toBeUndefined()
    expect(misplacementOf(faceAt(OVAL.cx, OVAL.cy - OVAL.ry * 0.6))).toBe('above')
    expect(misplacementOf(faceAt(OVAL.cx, OVAL.cy + OVAL.ry * 0.6))).toBe('below')
    expect(misplacementOf(faceAt(OVAL.cx - OVAL.rx * 0.6, OVAL.cy))).toBe('leftward')
    expect(misplacementOf(faceAt(OVAL.cx + OVAL.rx * 0.6, OVAL.cy))).toBe('rightward')
  })
})
