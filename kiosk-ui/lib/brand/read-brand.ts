/** Reads the event's look from the folder that `FANREEL_BRAND` names, on the kiosk's own server. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { type Brand, BrandFile, brandOf, OWN_COLOURS } from '@fanreel/protocol'

const MIMES: Record<string, string> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
}

const folder = (): string | undefined => process.env.FANREEL_BRAND || undefined

/** The brand as it is shown; undefined where none is set. What cannot be taken over stands in `refused`: a kiosk opens all the same. */
export const readBrand = async (): Promise<Brand | undefined> => {
  const from = folder()
  if (!from) return undefined
  try {
    const file = BrandFile.safeParse(JSON.parse(await readFile(join(/* turbopackIgnore: true */ from, 'brand.json'), 'utf8')))
    if (file.success) return brandOf(file.data)
    const refused = file.error.issues.map(({ path, message }) => `${path.join('.') || 'brand.json'}: ${message}`)
    return { ...brandOf({ name: 'Fanreel', colours: {} }), refused }
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault)
    return { name: 'Fanreel', colours: { ...OWN_COLOURS, onAccent: '#1b1002' }, refused: [`brand.json: ${why}`] }
  }
}

/** A picture of the brand; undefined for anything that its file does not name. */
export const readBrandPicture = async (name: string): Promise<{ bytes: Buffer<ArrayBuffer>; mime: string } | undefined> => {
  const from = folder()
  const brand = await readBrand()
  if (!from || !brand || (name !== brand.logo && name !== brand.background)) return undefined
  const bytes = await readFile(join(/* turbopackIgnore: true */ from, name)).catch(() => undefined)
  return bytes && { bytes, mime: MIMES[extname(name).toLowerCase()] ?? 'application/octet-stream' }
}
