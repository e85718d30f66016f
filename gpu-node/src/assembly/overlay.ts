/**
 * A graphic that lies over the film: baked once on a canvas, then laid into pictures many times. Held as the planes it
 * is laid into, premultiplied, so that laying costs a multiplication a pixel.
 */
import type { SKRSContext2D } from '@napi-rs/canvas'
import { createCanvas } from '@napi-rs/canvas'
import { type YuvPicture, yuvOf } from './picture.ts'

export type Overlay = {
  width: number
  height: number
  y: Float32Array
  alpha: Float32Array
  u: Float32Array
  v: Float32Array
  /** At half the size, as chroma is. */
  chromaAlpha: Float32Array
}

/** Bakes what `draw` paints on a canvas of that size (made even). */
export const bakeOverlay = (width: number, height: number, draw: (context: SKRSContext2D) => void): Overlay => {
  const w = (Math.ceil(width) + 1) & ~1
  const h = (Math.ceil(height) + 1) & ~1
  const canvas = createCanvas(w, h)
  const context = canvas.getContext('2d')
  draw(context)
  const { data } = context.getImageData(0, 0, w, h)
  const overlay: Overlay = {
    width: w,
    height: h,
    y: new Float32Array(w * h),
    alpha: new Float32Array(w * h),
    u: new Float32Array((w * h) / 4),
    v: new Float32Array((w * h) / 4),
    chromaAlpha: new Float32Array((w * h) / 4),
  }
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const i = y * w + x
      const alpha = (data[i * 4 + 3] ?? 0) / 255
      const [luma, u, v] = yuvOf(data[i * 4] ?? 0, data[i * 4 + 1] ?? 0, data[i * 4 + 2] ?? 0)
      overlay.alpha[i] = alpha
      overlay.y[i] = luma * alpha
      const c = (y >> 1) * (w >> 1) + (x >> 1)
      overlay.u[c] = (overlay.u[c] ?? 0) + (u * alpha) / 4
      overlay.v[c] = (overlay.v[c] ?? 0) + (v * alpha) / 4
      overlay.chromaAlpha[c] = (overlay.chromaAlpha[c] ?? 0) + alpha / 4
    }
  return overlay
}

/** Where and how an overlay is laid: its corner, opacity 0..1, and the columns of it that are seen. */
export type Laying = { x: number; y: number; opacity: number; from?: number; to?: number }

const layPlane = (
  into: Uint8Array,
  pitch: number,
  rows: number,
  values: Float32Array,
  alphas: Float32Array,
  width: number,
  height: number,
  at: { x: number; y: number; opacity: number; from: number; to: number },
) => {
  const x0 = Math.max(at.from, -at.x, 0)
  const x1 = Math.min(at.to, width, pitch - at.x)
  const y0 = Math.max(0, -at.y)
  const y1 = Math.min(height, rows - at.y)
  for (let y = y0; y < y1; y++) {
    const from = y * width
    const to = (y + at.y) * pitch + at.x
    for (let x = x0; x < x1; x++) {
      const alpha = (alphas[from + x] ?? 0) * at.opacity
      if (alpha === 0) continue
      into[to + x] = (into[to + x] ?? 0) * (1 - alpha) + (values[from + x] ?? 0) * at.opacity + 0.5
    }
  }
}

/** Lays an overlay into a picture. Positions are rounded to even pixels, as chroma asks. */
export const layOverlay = (picture: YuvPicture, overlay: Overlay, laying: Laying): void => {
  if (laying.opacity <= 0) return
  const x = Math.round(laying.x / 2) * 2
  const y = Math.round(laying.y / 2) * 2
  const from = laying.from ?? 0
  const to = laying.to ?? overlay.width
  const opacity = Math.min(1, laying.opacity)
  const full = { x, y, opacity, from, to }
  const half = { x: x / 2, y: y / 2, opacity, from: from >> 1, to: to >> 1 }
  layPlane(picture.y, picture.width, picture.height, overlay.y, overlay.alpha, overlay.width, overlay.height, full)
  const [w, h, pw, ph] = [overlay.width >> 1, overlay.height >> 1, picture.width >> 1, picture.height >> 1]
  layPlane(picture.u, pw, ph, overlay.u, overlay.chromaAlpha, w, h, half)
  layPlane(picture.v, pw, ph, overlay.v, overlay.chromaAlpha, w, h, half)
}
