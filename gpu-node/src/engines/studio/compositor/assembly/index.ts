// The studio's compositor: every kernel that touches pixels, compiled to WebAssembly with SIMD. See ../compositor.ts.
// Where memory of one's own begins.
export const heapBase: usize = __heap_base
export { add, cover, over } from './blend'
export { blurColumns, blurDisc, blurRows, mix, shrink4 } from './blur'
export { finish } from './finish'
export { blend, grade, outline, person, sharpen } from './person'
export { prepare } from './pixel'
