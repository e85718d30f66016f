/** The part of the WebAssembly interface that the compositor uses; Node's own types leave it to the DOM library. */
declare namespace WebAssembly {
  type Module = object
  type Memory = { readonly buffer: ArrayBuffer; grow(pages: number): number }
  type Global = { readonly value: number | bigint }
  type Instance = { readonly exports: Record<string, unknown> }
  function compile(bytes: Uint8Array): Promise<Module>
  function instantiate(module: Module, imports: Record<string, Record<string, unknown>>): Promise<Instance>
}
