/** Switches a guard off that is no configuration: a process is told to load its source without it. */

/**
 * What Node is told for it.
 * @param file the end of the source file's path
 * @param guard the very text that is taken out of it
 * @param instead what stands there then
 */
export const without = (file: string, guard: string, instead = ''): readonly string[] => {
  const preload = new URL('./without.mjs', import.meta.url)
  preload.search = new URLSearchParams({ file, guard, instead }).toString()
  return ['--import', preload.href]
}
