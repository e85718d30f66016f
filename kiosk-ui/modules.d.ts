/** Style sheets are imported for their effect alone. */
declare module '*.css'

/** Surnames with their readings: a file of the package that its types leave out. */
declare module 'pinyin-pro/dist/esm/data/surname.mjs' {
  const surnames: Readonly<Record<string, string>>
  // biome-ignore lint/style/noDefaultExport: as the package has it
  export default surnames
}
