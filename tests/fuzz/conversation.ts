/**
 * What one peer says over one connection: the way of a good visit, render or look round, with hostile messages before, between and
 * behind its steps. Made by fast-check, so that a seed makes it again and a failure is made small.
 */
import fc from 'fast-check'
import { namesOf, type PeerKind } from './good-messages.ts'
import { hostileValue, MARK, type Mutation, mutation } from './hostile-values.ts'

/** `good`: as it should be. `bent`: a good message changed. `odd`: whatever, under whatever name. `raw`: past the client's encoder. */
export type Step =
  | { kind: 'good'; name: string }
  | { kind: 'bent'; name: string; changes: Mutation[]; piece: 'own' | 'none' | Buffer[]; more: unknown[]; acknowledged: boolean }
  | { kind: 'odd'; name: string; args: unknown[] }
  | { kind: 'raw'; frame: string | Buffer }

export type Conversation = {
  /** Seeds of its visit's id, its pickup token and its clip. */
  visit: { id: string; token: string; clip: Buffer }
  steps: Step[]
  /** Whether hostile messages are sent without waiting for the answer to the one before. */
  atOnce: boolean
}

/** What a good peer does, from beginning to end. */
const WAYS: Record<PeerKind, string[][]> = {
  kiosk: [
    ['kiosk:hello', 'visit:start', 'visit:watch', 'upload:open', 'upload:chunk', 'upload:commit', 'visit:code', 'visit:unwatch'],
    ['kiosk:hello', 'visit:start', 'upload:open', 'upload:chunk', 'visit:cancel', 'upload:commit'],
    ['kiosk:hello', 'kiosk:report', 'upload:open', 'visit:retake', 'visit:start', 'visit:start', 'kiosk:hello'],
  ],
  node: [
    ['node:hello', 'node:ready', 'render:brief', 'render:put', 'render:beat', 'render:result', 'node:ready'],
    ['node:hello', 'node:ready', 'render:beat', 'render:failed', 'render:give-back', 'node:drain', 'node:hello'],
  ],
  operator: [
    [
      'operator:hello',
      'visit:find',
      'visit:pickup',
      'kiosk:close',
      'node:reinstate',
      'event:pause',
      'visit:retry',
      'visit:delete',
    ],
  ],
}

const KINDS: PeerKind[] = ['kiosk', 'node', 'operator']
/** The client keeps these for itself; they are tried past it. */
const RESERVED = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']

const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

const framesFor = (kind: PeerKind): fc.Arbitrary<string | Buffer> => {
  const place = `/${kind},`
  const event = (body: string) => `2${place}${body}`
  return fc.oneof(
    {
      weight: 40,
      arbitrary: fc.constantFrom(
        ...['', '2', '5', '6', '9', 'x', `1${place}`, `0${place}`, `0${place}{"token":1}`, `0/${MARK},`, `4${place}{}`],
        ...['', '[', '[]', '{}', 'null', '[null]', '[1,2]', '[{}]', '[["a"]]', '1', '99999999999999999999["a"]', '1,1["a"]'].map(
          event,
        ),
        ...RESERVED.map((name) => event(`1["${name}",{}]`)),
        event(`1["${namesOf(kind)[1]}",${deep('[', ']', 10_000)}]`),
        event(`2["${namesOf(kind)[1]}",${deep('{"a":', '', 10_000)}1${'}'.repeat(10_000)}]`),
        event(`3["${namesOf(kind)[1]}","${'\\u0000'.repeat(5_000)}"]`),
        `3${place}1["late"]`,
        `3${place}1`,
        `51-${place}1["upload:chunk",{"_placeholder":true,"num":0}]`,
        `51-${place}1["upload:chunk",{"_placeholder":true,"num":7}]`,
        `51-${place}1["upload:chunk",{"_placeholder":true,"num":"0"}]`,
        `599999999-${place}1["upload:chunk",{"_placeholder":true,"num":0}]`,
        `50-${place}1["upload:chunk",{}]`,
        `5-${place}`,
        `61-${place}1[{"_placeholder":true,"num":0}]`,
      ),
    },
    { weight: 10, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 10, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    // Larger than any frame may be.
    { weight: 1, arbitrary: fc.constant(event(`["${'m'.repeat(1_100_000)}"]`)) },
  )
}

const odd: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('odd'),
  name: fc
    .oneof(
      fc.constantFrom('', '__proto__', 'constructor', 'toString', 'hello', 'visit:', ...KINDS.flatMap(namesOf)),
      fc.string({ unit: 'binary', maxLength: 60 }).map((text) => MARK + text),
    )
    .filter((name) => !RESERVED.includes(name)),
  args: fc.array(hostileValue, { maxLength: 4 }),
})

const bent = (kind: PeerKind): fc.Arbitrary<Step> =>
  fc.record({
    kind: fc.constant('bent'),
    name: fc.constantFrom(...namesOf(kind)),
    changes: fc.array(mutation, { minLength: 1, maxLength: 3 }),
    piece: fc.oneof(
      { weight: 5, arbitrary: fc.constant<'own' | 'none'>('own') },
      { weight: 1, arbitrary: fc.constant<'own' | 'none'>('none') },
      {
        weight: 1,
        arbitrary: fc.array(
          fc.integer({ min: 0, max: 300_000 }).map((length) => Buffer.alloc(length)),
          { minLength: 1, maxLength: 3 },
        ),
      },
    ),
    more: fc.oneof(
      { weight: 9, arbitrary: fc.constant<unknown[]>([]) },
      { weight: 1, arbitrary: fc.array(hostileValue, { maxLength: 2 }) },
    ),
    acknowledged: fc.integer({ min: 0, max: 9 }).map((lot) => lot > 0),
  })

const PICKUP_CHARACTERS = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ']
/** The clip of one conversation has at most so many bytes: more than one piece. */
const MOST_CLIP_BYTES = 300_000

/** Everything one peer of this kind may say over one connection. */
export const conversation = (kind: PeerKind): fc.Arbitrary<Conversation> => {
  const hostile: fc.Arbitrary<Step> = fc.oneof(
    { weight: 12, arbitrary: bent(kind) },
    { weight: 4, arbitrary: odd },
    { weight: 1, arbitrary: framesFor(kind).map((frame): Step => ({ kind: 'raw', frame })) },
  )
  const steps = fc
    .constantFrom(...WAYS[kind])
    .chain((way) =>
      fc
        .array(fc.array(hostile, { maxLength: 6 }), { minLength: way.length + 1, maxLength: way.length + 1 })
        .map((between) =>
          between.flatMap((some, at) => [...some, ...way.slice(at, at + 1).map((name): Step => ({ kind: 'good', name }))]),
        ),
    )
  return fc.record({
    visit: fc.record({
      id: fc.uuid({ version: 7 }),
      token: fc.string({ unit: fc.constantFrom(...PICKUP_CHARACTERS), minLength: 26, maxLength: 26 }),
      clip: fc.tuple(fc.integer({ min: 40, max: MOST_CLIP_BYTES }), fc.nat({ max: 255 })).map(([length, fill]) => {
        const clip = Buffer.alloc(length, fill)
        Buffer.from('000000206674797069736f6d', 'hex').copy(clip)
        return clip
      }),
    }),
    steps,
    atOnce: fc.boolean(),
  })
}
