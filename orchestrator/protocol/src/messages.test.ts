import { describe, expect, it } from 'vitest'
import { EventId, LeaseToken, PickupToken, RenderId, VisitId } from './ids.ts'
import { kioskMessages } from './kiosk.ts'
import { nodeMessages, nodeNews } from './node.ts'
import { FirstName } from './visit.ts'

const visitId = '0192f0c0-0000-7000-8000-000000000001'

describe('identifiers', () => {
  it.each([
    [EventId, 'milan-2026', ['Milan', 'a_b', '-a', 'a-', '', 'a'.repeat(41), 'a/b', '..']],
    [VisitId, visitId, [visitId.toUpperCase(), visitId.replace('-7', '-4'), `${visitId} `, '../../etc']],
    [RenderId, `${visitId}-r12`, [visitId, `${visitId}-r0`, `${visitId}-r`, `${visitId}-r12345`]],
    [LeaseToken, `milan.node-a.${visitId}`, [`node-a.${visitId}`, `milan.node-a.`, `milan/node-a.${visitId}`]],
    [PickupToken, 'A'.repeat(26), ['A'.repeat(25), `${'A'.repeat(25)}I`, 'a'.repeat(26), `${'A'.repeat(26)}/`]],
  ] as const)('%# take what they are and nothing else', (schema, right, wrong) => {
    expect(schema.safeParse(right).success).toBe(true)
    for (const text of wrong) expect(schema.safeParse(text).success, text).toBe(false)
  })
})

describe('a first name', () => {
  it.each(['Zoë', 'ليلى', 'さくら', 'O’Neil', 'Anne-Marie', 'Ян'])('may be %s', (name) =>
    expect(FirstName.parse(` ${name} `)).toBe(name),
  )
  it.each(['🎉', '🇮🇹', '7', 'ㅤ민준'])('may be %s: one sign of it is seen', (name) => expect(FirstName.parse(name)).toBe(name))
  it.each(['\u3164', '\u2800', '\u115f', '\u1160', '\uffa0', '\u034f', '\u3164\u2800', '\ufe0f', '\u0301', '-', '…'])(
    'may not be %j, of which nothing is seen',
    (name) => expect(FirstName.safeParse(name).success).toBe(false),
  )
  it.each(['', '   ', 'a'.repeat(25), 'a\u0000b', 'a\nb', 'a\u202eb', 'a\u200bb', 'a\u2028b', 'a\u2029b'])(
    'may not be %j',
    (name) => expect(FirstName.safeParse(name).success).toBe(false),
  )
})

describe('every message', () => {
  it('names its event', () => {
    const requests = [...Object.entries(kioskMessages), ...Object.entries(nodeMessages), ...Object.entries(nodeNews)]
    for (const [name, { request }] of requests) expect(Object.keys(request.shape), name).toContain('eventId')
  })
})
