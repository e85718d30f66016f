/** All pictures on one page, a row a screen, so that a person sees at a glance what a language or a shape does to it. */

export type Picture = { screen: string; look: string; language: string; file: string }

const unique = (values: string[]): string[] => [...new Set(values)]
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** @param pictures their files relative to the page */
export const contactSheet = (pictures: readonly Picture[]): string => {
  const screens = unique(pictures.map(({ screen }) => screen))
  const columns = unique(pictures.map(({ look, language }) => `${look} · ${language}`))
  const cell = (screen: string, column: string) => {
    const picture = pictures.find((one) => one.screen === screen && `${one.look} · ${one.language}` === column)
    if (!picture) return '<td></td>'
    const file = escaped(picture.file)
    return `<td><a href="${file}"><img loading="lazy" src="${file}" alt="${escaped(`${screen}, ${column}`)}"></a></td>`
  }
  const rows = screens.map(
    (screen) => `<tr><th scope="row">${escaped(screen)}</th>${columns.map((column) => cell(screen, column)).join('')}</tr>`,
  )
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Every screen of Fanreel</title>
<style>
body { margin: 24px; background: #1a1c22; color: #e8ecf4; font: 15px/1.4 system-ui, sans-serif }
table { border-collapse: collapse } th { text-align: start; padding: 8px 12px; vertical-align: top; white-space: nowrap }
thead th { position: sticky; top: 0; background: #1a1c22 } tbody th { position: sticky; left: 0; background: #1a1c22 }
td { padding: 6px; vertical-align: top } img { display: block; height: 420px; width: auto; background: #000 }
</style>
<h1>Every screen of Fanreel</h1><p>${pictures.length} pictures of ${screens.length} screens. Each opens at full size.</p>
<table><thead><tr><th>screen</th>${columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></html>
`
}
