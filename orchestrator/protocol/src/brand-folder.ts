/**
 * Reads an event's look from its folder: `brand.json`, and the pictures that it names beside it. By these rules for kiosk and phone
 * alike; the files are reached through what is given, since this package runs in browsers too.
 */
import { type Brand, brandFrom } from './brand.ts'

type Bytes = Uint8Array<ArrayBuffer>
/** As `node:fs/promises` has them. */
export type BrandFiles = { readFile(path: string): Promise<Bytes>; realpath(path: string): Promise<string> }

const PICTURES = ['logo', 'background'] as const
export type BrandPictures = Partial<Record<(typeof PICTURES)[number], Bytes>>

/** A picture's bytes, or why it is not shown. A link that leads out of the folder would give away what is no picture of the event's. */
const pictureIn = async (files: BrandFiles, folder: string, name: string): Promise<Bytes | string> => {
  try {
    const [root, path] = [await files.realpath(folder), await files.realpath(`${folder}/${name}`)]
    return path.startsWith(`${root}/`) ? await files.readFile(path) : 'leads out of the folder'
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown'
    return code === 'ENOENT' ? 'there is no such file beside brand.json' : `cannot be read (${code})`
  }
}

/**
 * The look as it can be shown, and the bytes of its pictures. What cannot be taken over, a picture that is not there among it, is left
 * out and stands in `refused`: whoever shows it shows its own in that place. Never throws.
 */
export const readBrandFolder = async (files: BrandFiles, folder: string): Promise<{ brand: Brand; pictures: BrandPictures }> => {
  let written: unknown
  try {
    written = JSON.parse(new TextDecoder().decode(await files.readFile(`${folder}/brand.json`)))
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault)
    return { brand: { ...brandFrom({ name: 'Fanreel' }), refused: [`brand.json: ${why}`] }, pictures: {} }
  }
  const { logo, background, ...brand } = brandFrom(written)
  const named = { logo, background }
  const shown: Brand = brand
  const pictures: BrandPictures = {}
  for (const kind of PICTURES) {
    const name = named[kind]
    if (name === undefined) continue
    const bytes = await pictureIn(files, folder, name)
    if (typeof bytes === 'string') shown.refused = [...shown.refused, `${kind} ${name}: ${bytes}`]
    else {
      shown[kind] = name
      pictures[kind] = bytes
    }
  }
  return { brand: shown, pictures }
}
