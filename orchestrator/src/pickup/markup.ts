/** HTML that cannot be broken by what is put into it: every value is escaped unless it is markup itself (P12). */

/** A piece of finished HTML. */
export type Markup = { readonly html: string }

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')

type Value = string | number | Markup | readonly Markup[] | undefined | false
const render = (value: Value): string => {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  return 'html' in value ? value.html : value.map((part) => part.html).join('')
}

/** Tag of HTML templates. Attribute values stand in double quotes. */
export const markup = (parts: TemplateStringsArray, ...values: readonly Value[]): Markup => ({
  html: parts.reduce((text, part, at) => text + render(values[at - 1]) + part),
})
