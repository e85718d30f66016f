/** What a film is called where it is saved: its title, in whatever script, as a name that every file system takes. */

/** Characters that some file system or share sheet refuses: control, direction and path signs. */
const REFUSED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\/:*?"<>|]+/gu
/** Room for the longest title; Windows and ext4 take 255 bytes, of which a character may need four. */
const MAX_CHARACTERS = 56

/** @returns e.g. `Ada on Ice.mp4`; never empty before the dot, never hidden */
export const filmName = (title: string): string => {
  const tidy = title.normalize('NFC').replace(REFUSED, ' ').replace(/\s+/g, ' ')
  const short = [...tidy]
    .slice(0, MAX_CHARACTERS)
    .join('')
    .replace(/^[. ]+|[. ]+$/g, '')
  return `${short || 'Fanreel'}.mp4`
}

/**
 * The header that offers a download under a name: RFC 6266, the name in UTF-8 by RFC 8187, and a plain one for whoever
 * cannot read that.
 */
export const attachment = (name: string, plain: string): string => {
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
