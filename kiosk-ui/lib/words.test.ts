/** Each language says everything, with the same values in it, and formats without a fault. */
import { LANGUAGES } from '@fanreel/protocol'
import { createTranslator } from 'next-intl'
import { describe, expect, it } from 'vitest'
import { consentDigest, consentText } from './consent/consent-text.ts'
import { WORDS } from './words.ts'

type Tree = { [key: string]: string | Tree }
const flatten = (tree: Tree, prefix = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  )
const argumentsOf = (text: string) => [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1]))].sort()

describe.each(LANGUAGES)('words in %s', (language) => {
  it('say the same as the English ones, with the same values', () => {
    const english = flatten(WORDS.en)
    const words = new Map(flatten(WORDS[language]))
    expect([...words.keys()]).toEqual(english.map(([key]) => key))
    for (const [key, text] of english) expect(`${key}: ${argumentsOf(words.get(key) ?? '')}`).toBe(`${key}: ${argumentsOf(text)}`)
  })

  it('format for every count', () => {
    const faults: string[] = []
    const t = createTranslator({
      locale: language,
      messages: WORDS[language],
      onError: (error) => void faults.push(error.message),
    }) as (key: string, values: object) => string
    for (const [key] of flatten(WORDS[language])) {
      for (const count of [0, 1, 2, 3, 11, 100]) {
        const values = {
          minutes: count,
          seconds: count,
          place: count,
          left: count,
          days: count,
          clips: count,
          step: count,
          steps: count,
          event: 'E',
        }
        expect(t(key, values)).not.toMatch(/[{}]/)
      }
    }
    expect(faults).toEqual([])
  })
})

describe('consent', () => {
  const terms = { eventName: 'Milan', keepDays: 7, seconds: 7, purposes: ['make-film'] } as const
  it('asks for the cloud only where the event uses one, and never requires it', () => {
    expect(consentText('en', terms).ticks.map((tick) => tick.id)).toEqual(['make-film'])
    const cloud = consentText('en', { ...terms, purposes: ['make-film', 'cloud'] })
    expect(cloud.ticks.map((tick) => tick.id)).toEqual(['make-film', 'cloud'])
    expect(cloud.ticks.filter((tick) => tick.required).map((tick) => tick.id)).toEqual(['make-film'])
    expect(cloud.sections.length).toBe(5)
  })

  it('names each shown text by another hash', async () => {
    const shown = [consentText('en', terms), consentText('it', terms), consentText('en', { ...terms, keepDays: 8 })]
    const digests = await Promise.all(shown.map(consentDigest))
    expect(new Set(digests).size).toBe(3)
    expect(await consentDigest(consentText('en', terms))).toBe(digests[0])
    // What is said by touching the button is part of what was agreed to.
    const other = { ...consentText('en', terms), declaration: 'I am a fan.' }
    expect(await consentDigest(other)).not.toBe(digests[0])
  })
})
