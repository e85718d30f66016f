/** Reads the event's look from the folder that `FANREEL_BRAND` names: the one that kiosks read too. Once, at start. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { type Brand, BrandFile, brandOf } from '@fanreel/protocol'

/** `refused` of the brand names all that phones do not show, and why. */
export type EventBrand = { brand: Brand; logo?: { bytes: Buffer; mime: string; ending: string } }

/** A phone in a crowd gets 200 kB a second: a larger logo would come long after the page. In bytes. */
const MOST_LOGO_BYTES = 64 * 1024
const MIMES: Record<string, string> = { '.svg': 'image/svg+xml', '.png': 'image/png', '.webp': 'image/webp' }

const logoOf = async (folder: string, name: string): Promise<EventBrand['logo'] | { refused: string }> => {
  const bytes = await readFile(join(folder, name)).catch(() => undefined)
  if (!bytes) return { refused: `logo ${name}: there is no such file beside brand.json` }
  if (bytes.length > MOST_LOGO_BYTES)
    return { refused: `logo ${name}: ${bytes.length} bytes, phones take ${MOST_LOGO_BYTES}; they show the event's name` }
  const ending = extname(name).toLowerCase()
  return { bytes, mime: MIMES[ending] ?? 'application/octet-stream', ending }
}

/** @returns what can be shown; a file that cannot be read at all leaves our own look and says so in `refused` */
export const readBrand = async (folder: string): Promise<EventBrand> => {
  let read: unknown
  try {
    read = JSON.parse(await readFile(join(folder, 'brand.json'), 'utf8'))
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault)
    return { brand: { ...brandOf({ name: 'Fanreel', colours: {} }), refused: [`brand.json: ${why}`] } }
  }
  const file = BrandFile.safeParse(read)
  if (!file.success) {
    const refused = file.error.issues.map(({ path, message }) => `${path.join('.') || 'brand.json'}: ${message}`)
    return { brand: { ...brandOf({ name: 'Fanreel', colours: {} }), refused } }
  }
  const brand = brandOf(file.data)
  if (brand.logo === undefined) return { brand }
  const logo = await logoOf(folder, brand.logo)
  if (logo && 'refused' in logo) return { brand: { ...brand, refused: [...brand.refused, logo.refused] } }
  return { brand, ...(logo && { logo }) }
}
