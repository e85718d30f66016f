/**
 * A graphic that lies over the film: baked on a canvas, then laid into pictures. Held as the planes it is laid into,
 * premultiplied, 8 bits, with the columns between which each row has anything at all: laying costs two multiplications for a
 * pixel that is seen and nothing for one that is not.
 */
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas'
import { createCanvas } from '@napi-rs/canvas'
import type { YuvPicture } from './picture.ts'

type Plane = { width: number; height: number; values: Uint8Array }
export type Overlay = {
  width: number
  height: number
  y: Uint8Array
  u: Uint8Array
  v: Uint8Array
  /** 0..256 is held as 0..255: 255 hides what lies below. */
  alpha: Uint8Array
  /** Alpha and spans at half the size, as chroma is. */
  chromaAlpha: Uint8Array
  /** For each row its first column that is not clear and the one after its last. */
  spans: Uint16Array
  chromaSpans: Uint16Array
}

/** BT.709, limited range, in 65536ths; what is added for black and for grey goes by alpha, since all is premultiplied. */
const Y = { r: 11_966, g: 40_254, b: 4_064, alpha: 4_112 } as const
const U = { r: -6_596, g: -22_189, b: 28_784, alpha: 32_897 } as const
const V = { r: 28_784, g: -26_145, b: -2_640, alpha: 32_897 } as const
const HALF = 32_768

const spansOf = (alpha: Uint8Array, width: number, height: number): Uint16Array => {
  const spans = new Uint16Array(height * 2)
  for (let y = 0; y < height; y++) {
    let [first, last] = [0, width]
    while (first < width && alpha[y * width + first] === 0) first++
    while (last > first && alpha[y * width + last - 1] === 0) last--
    spans[2 * y] = first
    spans[2 * y + 1] = last
  }
  return spans
}

/** Canvases by size, kept: to make one costs more than to draw on it. */
const canvases = new Map<string, Canvas>()
const MOST_CANVASES = 12

/** What `draw` paints on a clear canvas, as its memory: RGBA, premultiplied. */
const painted = (width: number, height: number, draw: (context: SKRSContext2D) => void): Uint8Array => {
  const size = `${width} ${height}`
  const canvas = canvases.get(size) ?? createCanvas(width, height)
  if (canvases.size >= MOST_CANVASES) canvases.clear()
  canvases.set(size, canvas)
  const context = canvas.getContext('2d')
  context.save()
  draw(context)
  context.restore()
  const data = canvas.data()
  // A name does not stay on it.
  context.clearRect(0, 0, width, height)
  return data
}

/** Bakes what `draw` paints on a canvas of that size (made even). */
export const bakeOverlay = (width: number, height: number, draw: (context: SKRSContext2D) => void): Overlay => {
  const w = (Math.ceil(width) + 1) & ~1
  const h = (Math.ceil(height) + 1) & ~1
  const data = painted(w, h, draw)
  const pixels = new Int32Array(data.buffer, data.byteOffset, w * h)
  const [y, alpha] = [new Uint8Array(w * h), new Uint8Array(w * h)]
  const [u, v, chromaAlpha] = [new Uint8Array((w * h) / 4), new Uint8Array((w * h) / 4), new Uint8Array((w * h) / 4)]
  const half = w >> 1
  for (let cy = 0; cy < h >> 1; cy++)
    for (let cx = 0; cx < half; cx++) {
      // Most of a graphic's box is clear.
      const at = 2 * cy * w + 2 * cx
      if (((pixels[at] ?? 0) | (pixels[at + 1] ?? 0) | (pixels[at + w] ?? 0) | (pixels[at + w + 1] ?? 0)) === 0) continue
      let r4 = 0
      let g4 = 0
      let b4 = 0
      let a4 = 0
      for (let corner = 0; corner < 4; corner++) {
        const i = at + (corner >> 1) * w + (corner & 1)
        const pixel = pixels[i] ?? 0
        const r = pixel & 255
        const g = (pixel >> 8) & 255
        const b = (pixel >> 16) & 255
        const a = pixel >>> 24
        alpha[i] = a
        y[i] = (r * Y.r + g * Y.g + b * Y.b + a * Y.alpha + HALF) >> 16
        r4 += r
        g4 += g
        b4 += b
        a4 += a
      }
      const c = cy * half + cx
      chromaAlpha[c] = (a4 + 2) >> 2
      u[c] = (r4 * U.r + g4 * U.g + b4 * U.b + a4 * U.alpha + 4 * HALF) >> 18
      v[c] = (r4 * V.r + g4 * V.g + b4 * V.b + a4 * V.alpha + 4 * HALF) >> 18
    }
  const [spans, chromaSpans] = [spansOf(alpha, w, h), spansOf(chromaAlpha, half, h >> 1)]
  return { width: w, height: h, y, u, v, alpha, chromaAlpha, spans, chromaSpans }
}

/** Where and how an overlay is laid: its corner, opacity 0..1, and the columns of it that are seen. */
export type Laying = { x: number; y: number; opacity: number; from?: number; to?: number }

/** Opacity in 256ths; positions in the plane's own pixels. */
type Place = { x: number; y: number; opacity: number; from: number; to: number }

const layPlane = (into: Plane, values: Uint8Array, alphas: Uint8Array, spans: Uint16Array, width: number, place: Place) => {
  const { x, y, opacity } = place
  const target = into.values
  const left = Math.max(place.from, -x, 0)
  const right = Math.min(place.to, width, into.width - x)
  const bottom = Math.min(spans.length >> 1, into.height - y)
  for (let row = Math.max(0, -y); row < bottom; row++) {
    const end = Math.min(right, spans[2 * row + 1] ?? 0)
    let from = row * width + Math.max(left, spans[2 * row] ?? 0)
    let to = from - row * width + (row + y) * into.width + x
    for (const last = row * width + end; from < last; from++, to++) {
      const alpha = alphas[from] ?? 0
      const share = ((alpha + (alpha >> 7)) * opacity) >> 8
      target[to] = (((target[to] ?? 0) * (256 - share) + 128) >> 8) + (((values[from] ?? 0) * opacity + 128) >> 8)
    }
  }
}

/** Lays an overlay into a picture. Positions are rounded to even pixels, as chroma asks. */
export const layOverlay = (picture: YuvPicture, overlay: Overlay, laying: Laying): void => {
  const opacity = Math.round(Math.min(1, laying.opacity) * 256)
  if (opacity <= 0) return
  const x = Math.round(laying.x / 2) * 2
  const y = Math.round(laying.y / 2) * 2
  const [from, to] = [laying.from ?? 0, laying.to ?? overlay.width]
  const { width, height } = picture
  const full = { x, y, opacity, from, to }
  layPlane({ width, height, values: picture.y }, overlay.y, overlay.alpha, overlay.spans, overlay.width, full)
  const half = { x: x / 2, y: y / 2, opacity, from: from >> 1, to: to >> 1 }
  const size = { width: width >> 1, height: height >> 1 }
  for (const [into, values] of [
    [picture.u, overlay.u],
    [picture.v, overlay.v],
  ] as const)
    layPlane({ ...size, values: into }, values, overlay.chromaAlpha, overlay.chromaSpans, overlay.width >> 1, half)
}

/** A veil of one colour over whole rows of the picture, as a ground for words: its opacity differs from row to row. */
export type Shade = { top: number; alpha: Float32Array; colour: readonly [y: number, u: number, v: number] }

const shadeRow = (row: Uint8Array, value: number, alpha: number) => {
  const share = Math.round(alpha * 65_536)
  const [keep, add] = [65_536 - share, Math.round(value * share) + HALF]
  for (let i = 0; i < row.length; i++) row[i] = ((row[i] ?? 0) * keep + add) >>> 16
}

/** Lays a shade at an opacity of 0..1. Finer than an overlay of the same look, and far cheaper. */
export const layShade = (picture: YuvPicture, { top, alpha, colour }: Shade, opacity: number): void => {
  if (opacity <= 0) return
  const { width } = picture
  const half = width >> 1
  for (let row = 0; row < alpha.length && top + row < picture.height; row++) {
    const y = top + row
    const share = (alpha[row] ?? 0) * opacity
    shadeRow(picture.y.subarray(y * width, (y + 1) * width), colour[0], share)
    if (y % 2) continue
    const chroma = (y >> 1) * half
    shadeRow(picture.u.subarray(chroma, chroma + half), colour[1], share)
    shadeRow(picture.v.subarray(chroma, chroma + half), colour[2], share)
  }
}
