/** Requests as they come from phones, nodes and agents, bent: method, address, headers and body, down to bytes that are no HTTP. */
import fc from 'fast-check'
import { hostileValue, MARK, type Mutation, mutated, mutation } from './hostile-values.ts'

/** What good addresses are made of. */
export type Grounds = {
  /** Token of a page whose film is there, and one that nobody knows. */
  ready: string
  unknown: string
  /** Signed addresses: one to read by, one to write by to a visit that takes nothing any more. */
  read: string
  write: string
  kioskId: string
  kioskToken: string
}

type Place = (grounds: Grounds) => string
/** Pages of the film that is there are only looked at: what would delete it is tried on a token that nobody knows. */
const LOOKED_AT: Place[] = [
  ...['', '/', '/state', '/reel', '/poster', '/events', '/reel?download'].map(
    (rest): Place =>
      (grounds) =>
        `/v/${grounds.ready}${rest}`,
  ),
  (grounds) => grounds.read,
  ...['/media/packs/', '/api/packs/', '/health', '/ready', '/metrics', '/code', '/', '/v', '/v/assets/x', '/v/worker.js'].map(
    (path): Place =>
      () =>
        path,
  ),
  () => `/media/packs/${'c'.repeat(64)}`,
  () => '/socket.io/?EIO=4&transport=websocket',
]
const CHANGED: Place[] = [
  ...['', '/delete', '/tell'].map(
    (rest): Place =>
      (grounds) =>
        `/v/${grounds.unknown}${rest}`,
  ),
  (grounds) => grounds.write,
  (grounds) => `/api/kiosks/${grounds.kioskId}/health`,
  () => '/code',
]

const HEALTH = {
  version: 'fuzz',
  upMs: 1_000,
  disk: { freeBytes: 1_000, totalBytes: 2_000 },
  memory: { freeBytes: 1_000, totalBytes: 2_000 },
  load: 0.5,
  camera: 'seen',
  browser: { state: 'running', restarts: 0 },
}
const SUBSCRIPTION = {
  endpoint: 'https://fcm.googleapis.com/fcm/send/x',
  keys: { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) },
}

const header = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant('range'),
      fc.constantFrom(
        ...[
          'bytes=0-',
          'bytes=-1',
          'bytes=0-0,5-9',
          'bytes=9-1',
          'bytes=99999999999999999999-',
          'bytes=-0',
          'bytes=',
          'items=0-1',
        ],
        `bytes=${'0-0,'.repeat(1_000)}0-0`,
        `bytes=${'9'.repeat(5_000)}-`,
      ),
    ),
  },
  fc.tuple(
    fc.constantFrom('if-range', 'if-none-match', 'etag', 'cookie', 'origin', 'referer', 'user-agent'),
    fc.string({ maxLength: 300 }),
  ),
  fc.tuple(
    fc.constant('accept-language'),
    fc.constantFrom(
      '*',
      'de;q=9',
      'x-'.repeat(500),
      'en-'.repeat(200),
      ';;;,,,',
      `${MARK}`,
      '../../en',
      '__proto__',
      'constructor',
    ),
  ),
  fc.tuple(fc.constant('accept'), fc.constantFrom('text/html', '*/*', 'application/json', MARK, 'text/event-stream')),
  fc.tuple(fc.constant('authorization'), fc.constantFrom('Bearer x', `Bearer ${'x'.repeat(150)}`, 'Basic ==', `Bearer ${MARK}`)),
  fc.tuple(
    fc.constantFrom('expect', 'te', 'connection', 'upgrade', 'transfer-encoding'),
    fc.constantFrom('100-continue', 'chunked', 'websocket', 'h2c', 'close', MARK),
  ),
  fc.tuple(fc.constant('content-length'), fc.constantFrom('-1', '0', '5', '99999999999', '1e3', '0x10', MARK)),
  fc.tuple(
    fc.constant('content-type'),
    fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data', MARK),
  ),
  fc.tuple(
    fc.constant(`x-${MARK}`),
    fc.integer({ min: 1, max: 20_000 }).map((length) => 'h'.repeat(length)),
  ),
)

/** Headers that change where a request ends: a server may rightly wait for more. */
const MAY_WAIT: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'expect', 'upgrade', 'connection'])

type Bend = { where: number; text: string }
export type BentRequest = {
  method: string
  place: { looked: boolean; at: number }
  bends: Bend[]
  headers: [string, string][]
  body:
    | { of: 'none' }
    | { of: 'json'; good: 'health' | 'subscription'; changes: Mutation[] }
    | { of: 'value'; value: unknown }
    | { of: 'bytes'; bytes: Buffer }
    | { of: 'form'; text: string }
  /** Only so much of it is sent, as a share; then the connection is closed. */
  cut: number | undefined
  /** No HTTP at all. */
  noise: Buffer | undefined
}

export const bentRequest: fc.Arbitrary<BentRequest> = fc.record({
  method: fc.constantFrom(
    ...['GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'FOO'],
  ),
  place: fc.record({ looked: fc.boolean(), at: fc.nat({ max: 100 }) }),
  bends: fc.array(
    fc.record({
      where: fc.nat({ max: 200 }),
      text: fc.constantFrom(
        ...['/', '//', '/../', '/./', '%', '%00', '%2e%2e%2f', '%E0', '%ff%fe', '?', '??', '&', '#', '..;/', '\\', 'A', '0', '*'],
        ...['?lang=', '?lang=__proto__', '?lang=../de', '&expires=0', '&signature=', '&bytes=1', '?download=%0d%0aset-cookie:x'],
        `?${MARK}=${'q'.repeat(2_000)}`,
        MARK.repeat(300),
        '\u00e9\u00ff',
      ),
    }),
    { maxLength: 3 },
  ),
  headers: fc.array(header, { maxLength: 5 }),
  body: fc.oneof(
    { weight: 2, arbitrary: fc.record({ of: fc.constant('none' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        of: fc.constant('json' as const),
        good: fc.constantFrom('health' as const, 'subscription' as const),
        changes: fc.array(mutation, { maxLength: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ of: fc.constant('value' as const), value: hostileValue }) },
    {
      weight: 1,
      arbitrary: fc.record({
        of: fc.constant('bytes' as const),
        bytes: fc.integer({ min: 0, max: 80_000 }).map((length) => Buffer.alloc(length, 0x5b)),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        of: fc.constant('form' as const),
        text: fc.constantFrom(
          'code=',
          'code=CDFG-HJKM',
          `code=${MARK}`,
          'code=%',
          'code=%E0%A4',
          '&&&=',
          `code=${'C'.repeat(900)}`,
          'code[]=1&__proto__=2',
        ),
      }),
    },
  ),
  cut: fc.oneof(
    { weight: 12, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
  noise: fc.oneof(
    { weight: 25, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
  ),
})

const bodyOf = ({ body }: BentRequest): Buffer => {
  switch (body.of) {
    case 'none':
      return Buffer.alloc(0)
    case 'json':
      return Buffer.from(JSON.stringify(mutated(body.good === 'health' ? HEALTH : SUBSCRIPTION, body.changes)) ?? '')
    case 'value':
      return Buffer.from(JSON.stringify(body.value) ?? '')
    case 'bytes':
      return body.bytes
    case 'form':
      return Buffer.from(body.text)
  }
}
const TYPES = {
  json: 'application/json',
  value: 'application/json',
  form: 'application/x-www-form-urlencoded',
  bytes: 'application/octet-stream',
  none: '',
}

/** The request as bytes, and whether nobody could wait for more of it. */
export const writeRequest = (request: BentRequest, grounds: Grounds): { bytes: Buffer; whole: boolean } => {
  if (request.noise) return { bytes: request.noise, whole: false }
  const { method, place, bends, cut } = request
  const looked = place.looked && (method === 'GET' || method === 'HEAD')
  const places = looked ? LOOKED_AT : CHANGED
  const target = bends.reduce(
    (path, { where, text }) => {
      const at = 1 + (where % path.length)
      return path.slice(0, at) + text + path.slice(at)
    },
    places[place.at % places.length]?.(grounds) ?? '/',
  )
  const body = bodyOf(request)
  const own: [string, string][] = [
    ['host', 'fuzz'],
    ['x-forwarded-for', `10.1.${place.at}.1`],
    ...(target.startsWith('/api/kiosks') ? [['authorization', `Bearer ${grounds.kioskToken}`] satisfies [string, string]] : []),
    ...(body.length > 0 ? [['content-length', String(body.length)] satisfies [string, string]] : []),
    ...(TYPES[request.body.of] ? [['content-type', TYPES[request.body.of]] satisfies [string, string]] : []),
  ]
  const clean = request.headers.map(([name, value]): [string, string] => [name, value.replaceAll(/[\r\n\0]/g, '?')])
  const given = new Set(clean.map(([name]) => name))
  const headers = [...own.filter(([name]) => !given.has(name)), ...clean]
  const head = `${method} ${target.replaceAll(/[ \r\n]/g, '+')} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body])
  const length = cut === undefined ? bytes.length : Math.floor(bytes.length * cut)
  return { bytes: bytes.subarray(0, length), whole: length === bytes.length && !clean.some(([name]) => MAY_WAIT.has(name)) }
}
