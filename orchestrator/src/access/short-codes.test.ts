import { PICKUP_CODE_CHARACTERS, PickupCode } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { useRedis } from '../../../tests/support/use-redis.ts'
import { codeIn, createShortCodes } from './short-codes.ts'

const HOUR_MS = 3_600_000
const visit = (last: string, createdAt = 1_000_000_000_000) => ({ visitId: `01890000-0000-7000-8000-00000000${last}`, createdAt })

describe('short codes', () => {
  const at = useRedis()
  let now = 1_000_000_000_000
  const codesOf = (eventId: string, eventKeyHex = 'ab'.repeat(32)) =>
    createShortCodes({
      redis: at.redis,
      eventId,
      eventKeyHex,
      lifetimeMs: HOUR_MS,
      tries: { ofOne: 3, ofAll: 5, atMost: 8 },
      clock: { now: () => now },
    })

  it('A15: a visit has one code, of characters that nobody mistakes, and another event’s key gives another', async () => {
    const first = await codesOf('one').codeOf(visit('0001'))
    expect(PickupCode.safeParse(first?.code).success).toBe(true)
    expect(PICKUP_CODE_CHARACTERS).not.toMatch(/[01258AEILOSUBVZ]/)
    expect(await codesOf('one').codeOf(visit('0001'))).toEqual(first)
    expect((await codesOf('one').codeOf(visit('0002')))?.code).not.toBe(first?.code)
    expect((await codesOf('two', 'cd'.repeat(32)).codeOf(visit('0001')))?.code).not.toBe(first?.code)
  })

  it('A15: it is found however it is typed, until its time is over, and asking again does not prolong it', async () => {
    const codes = codesOf('typed')
    const { code = '', goodUntil } = (await codes.codeOf(visit('0003'))) ?? {}
    expect(goodUntil).toBe(now + HOUR_MS)
    const wide = [...code].map((character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)).join('')
    for (const typed of [
      code,
      code.toLowerCase(),
      ` ${code.slice(0, 4)}-${code.slice(4)} `,
      `${code.slice(0, 4)}–${code.slice(4)}`,
      wide,
    ])
      expect(await codes.find(typed, 'a'), typed).toBe(visit('0003').visitId)
    expect(await codesOf('another').find(code, 'a')).toBe('wrong')
    now += HOUR_MS
    expect(await codes.codeOf(visit('0003'))).toBeUndefined()
    now -= HOUR_MS
  })

  it('A15: Redis holds no code', async () => {
    const { code = '' } = (await codesOf('kept').codeOf(visit('0004'))) ?? {}
    const keys = await at.redis.call((client) => client.keys('*{kept}*'))
    expect(keys).toHaveLength(1)
    expect(keys.join().toUpperCase()).not.toContain(code)
    expect(await at.redis.call((client) => client.pTTL(keys[0] ?? ''))).toBeLessThanOrEqual(HOUR_MS)
  })

  it('A15: wrong tries are counted, of one network; beyond, a right code opens nothing either, on any instance', async () => {
    const codes = codesOf('guessed')
    const { code = '' } = (await codes.codeOf(visit('0005'))) ?? {}
    // A slip of the finger is no guess.
    for (const slip of ['', 'O0I1', `${code}C`, '!'.repeat(200)]) expect(await codes.find(slip, 'a'), slip).toBe('wrong')
    for (let tries = 0; tries < 3; tries++) expect(await codes.find('CCCCCCCC', 'a')).toBe('wrong')
    expect(await codes.find(code, 'a')).toBe('too-many')
    expect(await codes.find(code, 'b')).toBe(visit('0005').visitId)
    expect(await codesOf('guessed').find(code, 'a'), 'on every instance').toBe('too-many')
    now += 60_000
    expect(await codes.find(code, 'a')).toBe(visit('0005').visitId)
  })

  it('A15: networks that guess shut one another out, and nobody else, until all of them together are too many', async () => {
    const codes = codesOf('crowded')
    const { code = '' } = (await codes.codeOf(visit('0007'))) ?? {}
    // Each network's first try is not one of those that tried before: three networks have six such, and five are allowed.
    const guess = async (network: string) => {
      const answers = [await codes.find('CCCCCCCC', network), await codes.find('CCCCCCCC', network)]
      return [...answers, await codes.find('CCCCCCCC', network)]
    }
    expect(await guess('a')).toEqual(['wrong', 'wrong', 'wrong'])
    expect(await guess('b')).toEqual(['wrong', 'wrong', 'wrong'])
    expect(await codes.find('CCCCCCCC', 'c')).toBe('wrong')
    expect(await codes.find(code, 'd'), 'who tried nothing wrong').toBe(visit('0007').visitId)
    expect(await codes.find('DDDDDDDD', 'd')).toBe('wrong')
    // Eight tries now, as many as there may be of everybody.
    expect(await codes.find(code, 'e')).toBe('too-many')
    now += 60_000
    expect(await guess('a')).toEqual(['wrong', 'wrong', 'wrong'])
    expect(await codes.find('CCCCCCCC', 'b')).toBe('wrong')
    expect(await codes.find('CCCCCCCC', 'c')).toBe('wrong')
    expect(await codes.find(code, 'd'), 'whose slip is remembered, beyond the five').toBe('too-many')
    expect(await codes.find(code, 'f'), 'and who has tried nothing wrong').toBe(visit('0007').visitId)
    for (let tries = 0; tries < 20; tries++) expect(await codes.find(code, 'd')).toBe('too-many')
    expect(await codes.find(code, 'f'), 'whom those turned away cost nothing').toBe(visit('0007').visitId)
    now += HOUR_MS - 120_000
    expect(await codes.find(code, 'd')).toBe(visit('0007').visitId)
  })

  it('A15: many wrong tries at once are no more than one after the other, and one phone spends nobody else’s', async () => {
    const codes = codesOf('rushed')
    const { code = '' } = (await codes.codeOf(visit('0006', now))) ?? {}
    const answers = await Promise.all(Array.from({ length: 50 }, () => codes.find('CCCCCCCC', 'a')))
    expect(answers.filter((answer) => answer === 'wrong')).toHaveLength(3)
    expect(answers.filter((answer) => answer === 'too-many')).toHaveLength(47)
    expect(await codes.find(code, 'b')).toBe(visit('0006').visitId)
    // A right one is no try.
    for (let times = 0; times < 10; times++) expect(await codes.find(code, 'c')).toBe(visit('0006').visitId)
  })

  it('A15: what was typed is read as a person means it', () => {
    expect(codeIn('cdfg hjkm')).toBe('CDFGHJKM')
    for (const nonsense of ['CDFG-HJK', 'CDFG-HJKMN', 'CDFGHJK0', '', 'x'.repeat(5_000)]) expect(codeIn(nonsense)).toBeUndefined()
  })
})
