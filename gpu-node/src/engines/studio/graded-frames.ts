/**
 * The frames of a performance that were graded last. A slowed shot mixes the same two neighbours for several pictures in
 * a row; grading is most of the work, mixing next to none.
 */
import type { Layer } from './compositor/compositor.ts'

export type GradedFrames = {
  /** The frame of that index, graded now or earlier. Valid until as many other frames were asked for as are kept. */
  at(index: number): Layer
  /** Grades anew from now on: the light has changed. */
  forget(): void
}

/** Keeps as many frames as there are `layers`; `grade` fills one of them. */
export const createGradedFrames = (layers: readonly Layer[], grade: (index: number, into: Layer) => void): GradedFrames => {
  /** Least recently used first. */
  let kept = layers.map((layer): { index?: number; layer: Layer } => ({ layer }))
  return {
    at: (index) => {
      const found = kept.find((one) => one.index === index) ?? kept[0]
      if (!found) throw new Error('no layer to grade into')
      if (found.index !== index) grade(index, found.layer)
      kept = [...kept.filter((one) => one !== found), { index, layer: found.layer }]
      return found.layer
    },
    forget: () => {
      kept = kept.map(({ layer }) => ({ layer }))
    },
  }
}
