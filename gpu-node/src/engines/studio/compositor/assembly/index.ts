// The studio's compositor: every kernel that touches pixels, compiled to WebAssembly with SIMD. See ../compositor.ts.
// Where memory of one's own begins.
export const heapBase: usize = __heap_base
export { add, cover, mix, over, survey } from './blend'
export { glare, raise } from './bloom'
export { blurColumns, blurDisc, blurRows, halve } from './blur'
export { finish } from './finish'
export { blend, grade, outline, sharpen, shrinkBytes, upload } from './grade'
export { insideRun, outlineRun, person } from './person'
// Also what is called a million times a picture: exported, it stays a function of its own and keeps its values in registers.
export { mixRun, prepare } from './pixel'
export { relight, relightRoom } from './relight'
export { rim } from './rim'
export { layVeil } from './veil'
