/** What `npm run screens` makes of its arguments, before a browser is started. */
import { expect, it } from 'vitest'
import { HELP, readArguments } from './arguments.ts'
import { KIOSK_SCREENS, SCREENS } from './screen-names.ts'

const read = (...args: string[]) => readArguments(args, '/base')

it('takes what there is, relative to the folder it was called in', () => {
  expect(read('--out', 'shots')).toEqual({
    ...{ out: '/base/shots', only: '**', json: false },
    ...{ languages: ['en', 'ar', 'ja'], looks: ['portrait', 'landscape', 'contrast'] },
  })
  expect(read('--out', '/shots', '--languages', 'de, fr', '--looks', 'low', '--only', 'kiosk/*', '--brand', 'b')).toMatchObject({
    ...{ out: '/shots', only: 'kiosk/*', languages: ['de', 'fr'], looks: ['low'], brand: '/base/b' },
  })
})
it('names the screens there are where none fits', () => {
  expect(read('--out', 'x', '--only', 'kiosk/nothing*')).toMatchObject({
    exit: 2,
    said: expect.stringContaining(SCREENS.join('\n')),
  })
  expect(read('--list')).toEqual({ exit: 0, said: `${SCREENS.join('\n')}\n` })
  expect(new Set(SCREENS).size).toBe(SCREENS.length)
  expect(KIOSK_SCREENS.length).toBeGreaterThan(40)
})
it.each([
  [['--out', 'x', '--languages', 'en,xx'], 'There is no language "xx".'],
  [['--out', 'x', '--looks', 'round'], 'There is no look "round".'],
  [['--ouch'], '--ouch'],
  [[], '--out DIR is missing'],
] as const)('says what is wrong with %j, and how it is right', (args, why) => {
  const said = read(...args)
  expect(said).toMatchObject({ exit: 2, said: expect.stringContaining(why) })
  expect(said).toMatchObject({ said: expect.stringContaining(HELP) })
})
