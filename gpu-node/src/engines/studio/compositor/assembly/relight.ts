// New light on a filmed person, as a coarse map of gains. The body's shape is guessed from its matte, rounded off at the
// outline; the face's from its mesh; each cell is lit as the scene's key and fill would. See ../../relight.ts.
// Planes are rows of 32-bit floats with a margin of four cells at either end, so that neighbours lie there too.
import { soften } from './soften'

/** Cells before a row's first and after its last. */
const MARGIN = 4
/** How strongly the body rounds off towards its outline, by radius of the softened matte in face widths. */
const RADII = memory.data<f32>([0.12, 0.4, 0.9])
const BULGES = memory.data<f32>([1.3, 2.6, 3.4])
/** A mesh is flatter than the face it is of: its slopes are taken a little steeper. */
const FACE_RELIEF: f32 = 1.1
/** A point of the mesh counts in cells as near as this, the less the further they are (a Gaussian, 2 sigma squared = 1.6). */
const REACH: f32 = 2
const SPREAD: f32 = -1.0 / 1.6
/** Room for how much a point counts in each of the columns about it. */
const SHARES = memory.data(8 * 4, 16)
/** Never darker nor brighter than by these. */
const LEAST_GAIN: f32 = 0.35
const MOST_GAIN: f32 = 1.5
const UNIT: f32 = 16384

/** Bytes of a row of `w` cells, and of a plane. */
function pitchOf(w: i32): usize {
  return (<usize>((w + 2 * MARGIN + 3) & ~3)) << 2
}

/** Bytes that `relight` works in for a map of `w` x `h`. */
export function relightRoom(w: i32, h: i32): i32 {
  return <i32>(pitchOf(w) * <usize>(8 * h + 1))
}

/** Alpha of the cut-out in each cell, and its luma in linear light (about, by a square), both 0..1. */
function lookAt(alpha: usize, luma: usize, source: usize, bw: i32, bh: i32, step: i32, w: i32, h: i32): void {
  const pitch = pitchOf(w)
  const half: f32 = 0.5 * <f32>step
  for (let y = 0; y < h; y++) {
    const row = source + ((<usize>(min(bh - 1, <i32>(<f32>(y * step) + half)) * bw)) << 2)
    const to = (<usize>y) * pitch + (MARGIN << 2)
    for (let x = 0; x < w; x++) {
      const at = row + ((<usize>min(bw - 1, <i32>(<f32>(x * step) + half))) << 2)
      const light: f32 = <f32>(0.2126 / 255) * <f32>load<u8>(at) + <f32>(0.7152 / 255) * <f32>load<u8>(at, 1) + <f32>(0.0722 / 255) * <f32>load<u8>(at, 2)
      store<f32>(alpha + to + ((<usize>x) << 2), <f32>load<u8>(at, 3) * <f32>(1.0 / 255))
      store<f32>(luma + to + ((<usize>x) << 2), light * light)
    }
  }
}

/** The mesh as heights on the grid (cells, nearer is higher), and how surely each cell belongs to it. */
function raiseFace(heights: usize, weights: usize, mesh: usize, points: i32, left: f32, top: f32, step: i32, w: i32, h: i32): void {
  const pitch = pitchOf(w)
  const bytes = pitch * <usize>h
  memory.fill(heights, 0, bytes)
  memory.fill(weights, 0, bytes)
  const cell: f32 = <f32>1 / <f32>step
  for (let i = 0; i < points; i++) {
    const point = mesh + <usize>(i * 12)
    const x: f32 = (load<f32>(point) - left) * cell - <f32>0.5
    const y: f32 = (load<f32>(point, 4) - top) * cell - <f32>0.5
    const z: f32 = -load<f32>(point, 8) * cell
    const first = max(0, <i32>Mathf.ceil(x - REACH)), last = min(w - 1, <i32>Mathf.floor(x + REACH))
    const upper = max(0, <i32>Mathf.ceil(y - REACH)), lower = min(h - 1, <i32>Mathf.floor(y + REACH))
    for (let column = first; column <= last; column++)
      store<f32>(SHARES + ((<usize>(column - first)) << 2), Mathf.exp((<f32>column - x) * (<f32>column - x) * SPREAD))
    for (let row = upper; row <= lower; row++) {
      const down = Mathf.exp((<f32>row - y) * (<f32>row - y) * SPREAD)
      for (let column = first; column <= last; column++) {
        const weight = down * load<f32>(SHARES + ((<usize>(column - first)) << 2))
        const at = (<usize>row) * pitch + ((<usize>(column + MARGIN)) << 2)
        store<f32>(heights + at, load<f32>(heights + at) + weight * z)
        store<f32>(weights + at, load<f32>(weights + at) + weight)
      }
    }
  }
  for (let at: usize = 0; at < bytes; at += 16) {
    const sure = f32x4.max(v128.load(weights + at), f32x4.splat(1e-4))
    v128.store(heights + at, f32x4.div(v128.load(heights + at), sure))
  }
}

/** Repeats the first and last cell of each row in its margin. */
function widen(plane: usize, w: i32, h: i32): void {
  const pitch = pitchOf(w)
  for (let y = 0; y < h; y++) {
    const row = plane + (<usize>y) * pitch + (MARGIN << 2)
    store<f32>(row - 4, load<f32>(row))
    store<f32>(row + ((<usize>w) << 2), load<f32>(row + ((<usize>(w - 1)) << 2)))
  }
}

/**
 * Adds the slopes of a height field, times `gain`, to the normals; where `sure` is given and says so they take the place of
 * what is there.
 */
function lean(nx: usize, ny: usize, plane: usize, sure: usize, w: i32, h: i32, gain: f32): void {
  const pitch = pitchOf(w)
  const slope = f32x4.splat(<f32>-0.5 * gain)
  const nothing = f32x4.splat(0), all = f32x4.splat(1)
  widen(plane, w, h)
  for (let y = 0; y < h; y++) {
    const row = (<usize>y) * pitch
    const up = (<usize>max(0, y - 1)) * pitch, down = (<usize>min(h - 1, y + 1)) * pitch
    for (let x: usize = MARGIN << 2, end = (<usize>(w + MARGIN)) << 2; x < end; x += 16) {
      const at = row + x
      const dx = f32x4.mul(f32x4.sub(v128.load(plane + at + 4), v128.load(plane + at - 4)), slope)
      const dy = f32x4.mul(f32x4.sub(v128.load(plane + down + x), v128.load(plane + up + x)), slope)
      if (sure) {
        const known = f32x4.mul(f32x4.sub(v128.load(sure + at), f32x4.splat(0.35)), f32x4.splat(1.0 / 1.2))
        const take = f32x4.max(nothing, f32x4.min(all, known)), keep = f32x4.sub(all, take)
        v128.store(nx + at, f32x4.add(f32x4.mul(v128.load(nx + at), keep), f32x4.mul(dx, take)))
        v128.store(ny + at, f32x4.add(f32x4.mul(v128.load(ny + at), keep), f32x4.mul(dy, take)))
      } else {
        v128.store(nx + at, f32x4.add(v128.load(nx + at), dx))
        v128.store(ny + at, f32x4.add(v128.load(ny + at), dy))
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function towards(p: usize, x: f32, y: f32, z: f32): f32 {
  return x * load<f32>(p) + y * load<f32>(p, 4) + z * load<f32>(p, 8)
}

/** The scene's light, by colour, on what faces (x, y, z). */
// @ts-ignore: decorator
@inline
function shine(p: usize, x: f32, y: f32, z: f32): v128 {
  const ambient = load<f32>(p, 96), clipSide = load<f32>(p, 100)
  const key: f32 = (1 - ambient) * <f32>1.5 * max<f32>(0, (towards(p, x, y, z) + <f32>0.18) * <f32>(1.0 / 1.18))
  const fill: f32 = <f32>0.32 * max<f32>(0, (towards(p + 16, x, y, z) + <f32>0.1) * <f32>(1.0 / 1.1))
  const kick: f32 = <f32>1.15 * max<f32>(0, towards(p + 32, x, y, z))
  const own: f32 = 1 / (1 + <f32>0.45 * clipSide * x)
  let sum = f32x4.add(f32x4.splat(ambient), f32x4.mul(f32x4.splat(key), v128.load(p, 48)))
  sum = f32x4.add(sum, f32x4.mul(f32x4.splat(fill), v128.load(p, 64)))
  sum = f32x4.add(sum, f32x4.mul(f32x4.splat(kick), v128.load(p, 80)))
  return f32x4.mul(sum, f32x4.splat(own))
}

/**
 * Lights a cut-out: writes gains of linear light, four 16-bit integers a cell (16384 = 1), for `w` x `h` cells of `step`
 * pixels. `source`: straight-alpha RGBA, `bw` x `bh`. `mesh`: `points` times x, y, z in the clip's pixels, whose left and top
 * is the cut-out's; none where `points` is 0. `cells`: how many a face is wide. `room`: of `relightRoom` bytes. `p` points at
 * floats in fours: key, fill and kick (x, y, z towards them), their colours, then ambient, side of the clip's own light and
 * strength.
 */
export function relight(
  out: usize, w: i32, h: i32, source: usize, bw: i32, bh: i32, step: i32, mesh: usize, points: i32, left: f32, top: f32,
  cells: f32, room: usize, p: usize,
): void {
  const pitch = pitchOf(w)
  const plane = pitch * <usize>h
  const alpha = room, luma = alpha + plane, nx = luma + plane, ny = nx + plane
  const soft = ny + plane, across = soft + plane, heights = across + plane, weights = heights + plane, sums = weights + plane
  // Margins beyond the neighbours take part in vectors and are read by nobody.
  memory.fill(room, 0, 8 * plane)
  lookAt(alpha, luma, source, bw, bh, step, w, h)
  for (let k = 0; k < 3; k++) {
    const radius = load<f32>(RADII + ((<usize>k) << 2)) * cells
    // A step softened over r cells falls by about 1 / (2 r) a cell.
    soften(soft, alpha, across, sums, pitch, MARGIN, w, h, max(1, <i32>nearest<f32>(radius)))
    lean(nx, ny, soft, 0, w, h, load<f32>(BULGES + ((<usize>k) << 2)) * max<f32>(1, radius))
  }
  if (points > 0) {
    raiseFace(heights, weights, mesh, points, left, top, step, w, h)
    soften(soft, heights, across, sums, pitch, MARGIN, w, h, 1)
    soften(heights, weights, across, sums, pitch, MARGIN, w, h, 1)
    lean(nx, ny, soft, heights, w, h, FACE_RELIEF)
  }
  soften(soft, luma, across, sums, pitch, MARGIN, w, h, 1)
  const strength = f32x4.splat(load<f32>(p, 104))
  // A face that looks straight into the camera keeps its brightness.
  const front = f32x4.mul(shine(p, 0, 0, 1), f32x4(0.2126, 0.7152, 0.0722, 0))
  const level = f32x4.splat(<f32>1 / (f32x4.extract_lane(front, 0) + f32x4.extract_lane(front, 1) + f32x4.extract_lane(front, 2)))
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const at = (<usize>y) * pitch + ((<usize>(x + MARGIN)) << 2)
      const a = load<f32>(nx + at), b = load<f32>(ny + at)
      const z: f32 = 1 / sqrt<f32>(a * a + b * b + 1)
      // Grey hair and white shirts are bright enough: what more light they got would burn them out.
      const space = max<f32>(0.1, min<f32>(1, <f32>1.3 - <f32>2.2 * load<f32>(soft + at)))
      const more = f32x4.mul(strength, f32x4.sub(f32x4.mul(shine(p, a * z, b * z, z), level), f32x4.splat(1)))
      const held = f32x4.min(more, f32x4.mul(more, f32x4.splat(space)))
      const gain = f32x4.max(f32x4.splat(LEAST_GAIN), f32x4.min(f32x4.splat(MOST_GAIN), f32x4.add(held, f32x4.splat(1))))
      const words = i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.replace_lane(gain, 3, 1), f32x4.splat(UNIT)))
      v128.store64_lane(out + ((<usize>(y * w + x)) << 3), i16x8.narrow_i32x4_s(words, words), 0)
    }
  }
}
