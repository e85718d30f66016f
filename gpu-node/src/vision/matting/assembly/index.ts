/**
 * The matte's arithmetic, in AssemblyScript with 128-bit SIMD. Memory is laid out by the caller (`kernel.ts`); every
 * pointer is a byte offset. "Grid" is the coarse raster on which the guided filter is solved; "region" the part of the
 * picture that holds the visitor, at full size.
 */
export { apply } from './apply'
export { classify, gather, spread } from './cells'
export { cutOut, markTinted } from './cut-out'
export { solve } from './solve'
export { resample, steady, stillness } from './steady'

/** First byte of memory that is the caller's. */
export function freeMemory(): usize {
  return __heap_base
}
