/** The part of the WebAssembly interface that the kernels use; Node's own types leave it to the DOM library. */
declare namespace WebAssembly {
  type Module = object
  /** Memory of one thread, or of several: a shared one's buffer is a SharedArrayBuffer. */
  class Memory {
    constructor(size: { initial: number; maximum: number; shared: true })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  type Global = { readonly value: number | bigint }
  type Instance = { readonly exports: Record<string, unknown> }
  function compile(bytes: Uint8Array): Promise<Module>
  function instantiate(module: Module, imports: Record<string, Record<string, unknown>>): Promise<Instance>
}
