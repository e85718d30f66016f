/** Reads the event's look from the folder that `FANREEL_BRAND` names: the one that kiosks read too. Once, at start. */
import { readFile, realpath } from 'node:fs/promises'
import { extname } from 'node:path'
import { type Brand, readBrandFolder } from '@fanreel/protocol'

/** `refused` of the brand names all that phones do not show, and why. */
export type EventBrand = { brand: Brand; logo?: { bytes: Buffer; mime: string; ending: string } }

/** A phone in a crowd gets 200 kB a second: a larger logo would come long after the page. In bytes. */
const MOST_LOGO_BYTES = 64 * 1024
const MIMES: Record<string, string> = { '.svg': 'image/svg+xml', '.png': 'image/png', '.webp': 'image/webp' }

/** @returns what can be shown; a file that cannot be read at all leaves our own look and says so in `refused` */
export const readBrand = async (folder: string): Promise<EventBrand> => {
  const { brand, pictures } = await readBrandFolder({ readFile, realpath }, folder)
  const { logo: name, ...without } = brand
  if (name === undefined || pictures.logo === undefined) return { brand }
  const bytes = Buffer.from(pictures.logo)
  if (bytes.length > MOST_LOGO_BYTES) {
    const why = `logo ${name}: ${bytes.length} bytes, phones take ${MOST_LOGO_BYTES}; they show the event's name`
    return { brand: { ...without, refused: [...brand.refused, why] } }
  }
  const ending = extname(name).toLowerCase()
  return { brand, logo: { bytes, mime: MIMES[ending] ?? 'application/octet-stream', ending } }
}
