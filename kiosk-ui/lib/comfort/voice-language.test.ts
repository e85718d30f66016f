import { expect, it } from 'vitest'
import { speaks } from './voice-language.ts'

it('a voice is of the language that its first part names', () => {
  for (const [voice, language] of [
    ['en-GB-X-RP', 'en'],
    ['PT_br', 'pt'],
    ['cmn-LATN-PINYIN', 'zh'],
    ['zh-CN', 'zh'],
    ['ko', 'ko'],
  ] as const)
    expect(speaks(voice, language), voice).toBe(true)
  for (const [voice, language] of [
    ['kok', 'ko'],
    ['yue', 'zh'],
    ['', 'en'],
    ['fr-CH', 'de'],
  ] as const)
    expect(speaks(voice, language), voice).toBe(false)
})
