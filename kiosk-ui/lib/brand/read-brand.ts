/** Reads the event's look from the folder that `FANREEL_BRAND` names, on the kiosk's own server. */
import { readFile, realpath } from 'node:fs/promises'
import { extname } from 'node:path'
import { type Brand, type BrandFiles, readBrandFolder } from '@fanreel/protocol'

const MIMES: Record<string, string> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
}
const files: BrandFiles = {
  readFile: (path) => readFile(/* turbopackIgnore: true */ path),
  realpath: (path) => realpath(/* turbopackIgnore: true */ path),
}

const read = async () => {
  const folder = process.env.FANREEL_BRAND
  return folder ? await readBrandFolder(files, folder) : undefined
}

/** The brand as it is shown; undefined where none is set. What cannot be taken over stands in `refused`: a kiosk opens all the same. */
export const readBrand = async (): Promise<Brand | undefined> => (await read())?.brand

/** A picture of the brand; undefined for anything that its file does not name, and for what is not shown. */
export const readBrandPicture = async (name: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; mime: string } | undefined> => {
  const { brand, pictures } = (await read()) ?? {}
  const bytes = name === brand?.logo ? pictures?.logo : name === brand?.background ? pictures?.background : undefined
  return bytes && { bytes, mime: MIMES[extname(name).toLowerCase()] ?? 'application/octet-stream' }
}
