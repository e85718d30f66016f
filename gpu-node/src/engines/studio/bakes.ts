/**
 * Layers that are the same in every film of a pack: plates out of focus, what stands before them, sprites. They are baked
 * once, by whichever thread comes first, and kept in memory that all threads share.
 */
import type { Compositor, Layer } from './compositor/compositor.ts'

/** A layer outside of any compositor. `scale`: pixels of the layer a pixel of the picture, where a baker wants to know. */
export type Baked = Pick<Layer, 'width' | 'height' | 'white'> & { pixels: SharedArrayBuffer; scale: number }

/** What is kept, by a key that names everything a layer depends on. */
export type Bakes = { get(key: string): Baked | undefined; set(key: string, baked: Baked): unknown }

type Baking = { readonly compositor: Compositor; readonly bakes: Bakes }

/** The layer baked earlier under that key, in memory of this compositor's own. */
export const recall = ({ compositor, bakes }: Baking, key: string): (Layer & { scale: number }) | undefined => {
  const baked = bakes.get(key)
  if (!baked) return undefined
  const { width, height, white, scale } = baked
  const layer = compositor.layer(width, height, white)
  compositor.words(layer.at, width * height * 4).set(new Int16Array(baked.pixels))
  return { ...layer, scale }
}

/** Keeps a layer under that key, and answers it. */
export const remember = ({ compositor, bakes }: Baking, key: string, layer: Layer, scale = 1): Layer & { scale: number } => {
  const { width, height, white } = layer
  const pixels = new SharedArrayBuffer(width * height * 8)
  new Int16Array(pixels).set(compositor.words(layer.at, width * height * 4))
  bakes.set(key, { width, height, white, pixels, scale })
  return { ...layer, scale }
}

/** Bakes that take at most so many bytes; those not asked for longest go first. */
export const createBakes = (most: number): Bakes & { entries(): ReadonlyMap<string, Baked> } => {
  const kept = new Map<string, Baked>()
  let bytes = 0
  const drop = (key: string) => {
    bytes -= kept.get(key)?.pixels.byteLength ?? 0
    kept.delete(key)
  }
  return {
    entries: () => kept,
    get: (key) => {
      const found = kept.get(key)
      if (found) {
        kept.delete(key)
        kept.set(key, found)
      }
      return found
    },
    set: (key, baked) => {
      drop(key)
      kept.set(key, baked)
      bytes += baked.pixels.byteLength
      for (const oldest of kept.keys()) {
        if (bytes <= most) break
        drop(oldest)
      }
    },
  }
}
