/**
 * Values that a careful program does not expect: every type in every place, depth, size, numbers at their edges, names that mean
 * something to JavaScript, text that means something to shells, paths and terminals. All of them travel as socket.io sends them.
 */
import fc from 'fast-check'

/** Stands in every text that is made here: none of it may turn up in a log. */
export const MARK = 'zq7_fuzz'

const marked = (text: string): string => `${MARK}${text}`
const repeated = (piece: string, times: number): string => piece.repeat(times)

const AWKWARD_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  'true',
  'null',
  '../../x',
  '..\\..\\x',
  'a\0b',
  '-i',
  'con',
  'file:///etc/passwd',
  '\u202eleaf',
  '\ud800',
  '\udc00\ud800',
  '\u0000\u0007\u001b[31m',
  '👩‍🚀🏳️‍🌈',
  '%00%2e%2e%2f',
  '{{7*7}}<script>',
  "'; DROP TABLE visits; --",
  '*3\r\n$3\r\nSET\r\n',
  '__proto__',
  'constructor',
  'hasOwnProperty',
]
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...AWKWARD_TEXTS).map(marked) },
  { weight: 3, arbitrary: fc.constantFrom(...AWKWARD_TEXTS) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map(marked) },
  { weight: 2, arbitrary: fc.integer({ min: 200, max: 5_000 }).map((length) => marked(repeated('n', length))) },
  { weight: 1, arbitrary: fc.integer({ min: 10_000, max: 300_000 }).map((length) => marked(repeated('\u00e9', length))) },
)

const number = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    -1,
    0.5,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 53 - 1,
    -(2 ** 53),
    1e308,
    1e-320,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
  fc.integer(),
  fc.double(),
)

/** An object whose own keys are these; a literal would set its prototype instead. */
const withKeys = (entries: readonly (readonly [string, unknown])[]): unknown =>
  JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value) ?? 'null'}`).join(',')}}`)

const nameOfJavaScript = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'then',
  'length',
  'toJSON',
)
const prototypeKeys = fc
  .array(fc.tuple(nameOfJavaScript, fc.oneof(text, number, fc.constant({ polluted: true }))), { minLength: 1, maxLength: 4 })
  .map(withKeys)

/** What socket.io puts where a binary argument was, without one. */
const placeholder = fc.record({ _placeholder: fc.constant(true), num: fc.oneof(fc.integer({ min: -2, max: 12 }), number) })

const nested = fc.integer({ min: 20, max: 400 }).chain((depth) =>
  fc.boolean().map((inArrays) => {
    let value: unknown = MARK
    for (let at = 0; at < depth; at++) value = inArrays ? [value] : { a: value }
    return value
  }),
)

const binary = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))

/** Anything at all. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 4, arbitrary: number },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(undefined, null, true, false, [], {}) },
  { weight: 2, arbitrary: prototypeKeys },
  { weight: 1, arbitrary: placeholder },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: binary },
  { weight: 2, arbitrary: fc.array(fc.oneof(text, number), { maxLength: 600 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
)

/** A change of one place of a good message. Which place it is follows from `where`, whatever the message's shape. */
export type Mutation = { where: number; act: 'replace' | 'remove' | 'add' | 'wrap' | 'whole'; value: unknown }
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  where: fc.nat({ max: 1_000 }),
  act: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'wrap', 'whole'),
  value: hostileValue,
})

type Holder = Record<string, unknown>
const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null && !Buffer.isBuffer(value)

/** Every place of a value, as who holds it and under which key. */
const placesIn = (value: unknown): { holder: Holder; key: string }[] =>
  isHolder(value) ? Object.keys(value).flatMap((key) => [{ holder: value, key }, ...placesIn(value[key])]) : []

const mutate = (payload: unknown, { where, act, value }: Mutation): unknown => {
  const places = placesIn(payload)
  const place = places[where % Math.max(1, places.length)]
  if (act === 'whole' || !place) return value
  const { holder, key } = place
  if (act === 'remove') delete holder[key]
  else if (act === 'add') holder[`${MARK}${where}`] = value
  else Object.defineProperty(holder, key, { value: act === 'wrap' ? [holder[key]] : value, enumerable: true, configurable: true })
  return payload
}

/** The message with all its changes made, one after the other; what was given stays as it is. */
export const mutated = (payload: unknown, mutations: readonly Mutation[]): unknown =>
  mutations.length === 0 ? payload : mutations.reduce(mutate, structuredClone(payload))
