import { expect, it } from 'vitest'
import { compareRules, rulesCited, rulesOf, rulesProven, uncitedRules } from './spec-rules.ts'

it('finds rules in lists, headings, tables and plain lines, and not in running text', () => {
  const markdown =
    '- **U1** a piece is durable\n* U2: an offset\n### U3. a hash\n| U4 | a file |\nU5 says so\nAs U6 says, H264 is fine\n'
  expect(rulesOf(markdown)).toEqual(['U1', 'U2', 'U3', 'U4', 'U5'])
})

it('finds numbers at the start of titles alone, of every way to write a test', () => {
  const source = [
    "it('U1: keeps', () => {})",
    'test(`U2, U3: keeps both`, () => {})',
    "it.each([1, 2])('U4: %i', () => {})",
    'it.skipIf(!media)("U5: media folder missing", () => {})',
    "it('keeps U9: not a number of its own', () => {})",
    "const key = 'U8: not a title'",
  ].join('\n')
  expect(rulesProven(source)).toEqual(['U1', 'U2', 'U3', 'U4', 'U5'])
})

it('names a rule without a test, a test without a rule and a number used twice', () => {
  const proven = new Map([
    ['U1', 'a.test.ts'],
    ['U9', 'b.test.ts'],
  ])
  expect(compareRules(['U1', 'U2', 'U1'], proven)).toEqual([
    'U1 is stated twice',
    'U2 has no test whose title starts with "U2: "',
    'b.test.ts proves U9, which no SPEC.md states',
  ])
  expect(compareRules(['U1'], new Map([['U1', 'a.test.ts']]))).toEqual([])
})

it('finds citations in comments alone, each number on its own', () => {
  const source = [
    '/** Keeps what it must (U1), and rules U2, U3. */',
    '// Damaged on the way (U4).',
    '/* Rules P1-P4: what this file is about */',
    "const key = 'U5 is no comment' // and H264 is no rule",
  ].join('\n')
  expect(rulesCited(source)).toEqual(['U1', 'U2', 'U3', 'U4', 'H264'])
})

it('names a rule that no code cites', () => {
  expect(uncitedRules('a/SPEC.md', ['U1', 'U2'], new Set(['U1', 'H264']))).toEqual([
    'U2 of a/SPEC.md is cited by no code that keeps it',
  ])
})
