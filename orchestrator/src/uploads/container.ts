/** Looks at a clip's first bytes: what container they really are, whatever the recorder called it. */

/** How many bytes from the start are enough to tell. */
export const SNIFF_BYTES = 512

const EBML_MAGIC = Buffer.from([0x1a, 0x45, 0xdf, 0xa3])
/** EBML element `DocType` (0x4282), whose value says which Matroska dialect it is. */
const DOC_TYPE = Buffer.from([0x42, 0x82])

const ebmlDialect = (head: Buffer): string | undefined => {
  const at = head.indexOf(DOC_TYPE, EBML_MAGIC.length)
  const size = at < 0 ? undefined : head[at + 2]
  // The size is a one-byte variable-length integer: its top bit is the marker.
  if (size === undefined || (size & 0x80) === 0) return undefined
  return head.toString('latin1', at + 3, at + 3 + (size & 0x7f)).replace(/\0+$/, '')
}

/** Brands (ISO/IEC 14496-12, `ftyp`) of still pictures: a container of the same family, but no clip. */
const PICTURE_BRANDS: ReadonlySet<string> = new Set(['heic', 'heix', 'mif1', 'msf1', 'avif', 'avis', 'crx '])

/**
 * The clip's media type by its signature: WebM and Matroska by their EBML head, MP4 and QuickTime by `ftyp`.
 * @returns undefined where it is none of them
 */
export const sniffClip = (head: Buffer): 'video/webm' | 'video/x-matroska' | 'video/mp4' | 'video/quicktime' | undefined => {
  if (head.subarray(0, 4).equals(EBML_MAGIC)) {
    const dialect = ebmlDialect(head)
    if (dialect === 'webm') return 'video/webm'
    return dialect === 'matroska' ? 'video/x-matroska' : undefined
  }
  if (head.length >= 12 && head.toString('latin1', 4, 8) === 'ftyp') {
    const brand = head.toString('latin1', 8, 12)
    if (PICTURE_BRANDS.has(brand)) return undefined
    return brand === 'qt  ' ? 'video/quicktime' : 'video/mp4'
  }
  return undefined
}
