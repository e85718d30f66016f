import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBrand } from '../event/read-brand.ts'
import { newToken, startFrontDoor } from '../http/front-door.fixture.ts'

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4v1H0z"/></svg>'
const BRAND = { name: 'The "Games"', logo: 'logo.svg', colours: { ground: '#10002b', text: '#ffffff', light: '#20004b' } }

describe("an event's own look", () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanreel-brand-'))
    await writeFile(join(folder, 'brand.json'), JSON.stringify(BRAND))
    await writeFile(join(folder, 'logo.svg'), LOGO)
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('P19: logo, name and colours stand on the page within its policy, and the log says what is not shown', async () => {
    const door = await startFrontDoor({ env: { FANREEL_BRAND: folder } })
    try {
      const answer = await fetch(`${door.origin}/v/${newToken()}`)
      const text = await answer.text()
      const [, address = ''] = /<img class="logo" src="([^"]+)" alt="The &quot;Games&quot;">/.exec(text) ?? []
      const logo = await fetch(door.origin + address)
      expect([logo.status, logo.headers.get('content-type'), await logo.text()]).toEqual([200, 'image/svg+xml', LOGO])
      const [, style = ''] = /<style>([^<]+)<\/style>/.exec(text) ?? []
      expect(style).toContain('--ground:16 0 43')
      expect(answer.headers.get('content-security-policy')).toContain(createHash('sha256').update(style).digest('base64'))
      expect(text).toContain('(prefers-color-scheme: dark)" content="#10002b"')
      const said = door.lines.filter((line) => line.includes('is not shown to phones'))
      expect(said).toEqual([expect.stringContaining('light #20004b')])
      // The name that was set for the event goes before its brand's.
      expect((await door.settings.read()).name).toBe('Winter Games')
    } finally {
      await door.stop()
    }
  })
  it('P19: a look that cannot be read, or a logo too large for a phone, opens all the same and is named', async () => {
    expect((await readBrand(join(folder, 'nowhere'))).brand.refused).toEqual([expect.stringMatching(/^brand\.json: /)])
    await writeFile(join(folder, 'brand.json'), JSON.stringify({ name: 'x', colours: { ground: 'red' } }))
    expect((await readBrand(folder)).brand.refused).toEqual([expect.stringMatching(/^colours\.ground: .*#rrggbb/)])
    await writeFile(join(folder, 'brand.json'), JSON.stringify({ name: 'x', logo: 'logo.svg' }))
    await writeFile(join(folder, 'logo.svg'), LOGO + ' '.repeat(70_000))
    const { logo, brand } = await readBrand(folder)
    expect([logo, brand.refused]).toEqual([undefined, [expect.stringMatching(/^logo logo\.svg: \d+ bytes/)]])
  })
})
