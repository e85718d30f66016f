/**
 * The only reader of the environment. Every knob has a default, its unit in its name and one line of why; a value that
 * does not fit stops the start with the name of the knob.
 */
import { EventId } from '@fanreel/protocol'
import { z } from 'zod'
import { AppError } from './errors.ts'

const ms = (byDefault: number) => z.coerce.number().int().positive().default(byDefault)
const yesOrNo = (byDefault: 'yes' | 'no') =>
  z
    .enum(['yes', 'no'])
    .default(byDefault)
    .transform((word) => word === 'yes')
const list = (byDefault = '') =>
  z
    .string()
    .default(byDefault)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )

/** The push services of Chrome and its kin, Firefox, Safari and Edge. */
const PUSH_SERVICES = [
  'https://fcm.googleapis.com',
  'https://*.push.services.mozilla.com',
  'https://*.push.apple.com',
  'https://*.notify.windows.com',
].join(',')

/** What each kind of store cannot do without. */
const STORE_NEEDS = {
  disk: ['FANREEL_MEDIA_ROOT'],
  s3: ['FANREEL_S3_ENDPOINT', 'FANREEL_S3_BUCKET', 'FANREEL_S3_ACCESS_KEY_ID', 'FANREEL_S3_SECRET_ACCESS_KEY'],
} as const

const Knobs = z.object({
  /** Where the front door listens; 0 takes any free port. */
  FANREEL_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  FANREEL_HOST: z.string().default('127.0.0.1'),
  FANREEL_EVENT_ID: EventId,
  /** The event's name as visitors read it. Absent: the one of its brand, else `Fanreel`. */
  FANREEL_EVENT_NAME: z.string().min(1).max(80).optional(),
  /** Folder of the event's own look, `brand.json` and the pictures it names: the one kiosks have. Read at start. */
  FANREEL_BRAND: z.string().min(1).optional(),
  /** `redis://...` or the path of a Unix socket. */
  FANREEL_REDIS_URL: z.string().min(1),
  /** Where clips and films lie: `disk`, or `s3` where several hosts serve one event. */
  FANREEL_MEDIA_STORE: z.enum(['disk', 's3']).default('disk'),
  /** With `disk`: its folder. Its id must be the one Redis knows. */
  FANREEL_MEDIA_ROOT: z.string().min(1).optional(),
  /** With `s3`: where the server is reached from here, e.g. `https://s3.eu-central-1.amazonaws.com`. */
  FANREEL_S3_ENDPOINT: z.url().optional(),
  /** Where nodes reach the same server, when that is another address. Absent: the same. */
  FANREEL_S3_NODE_ENDPOINT: z.url().optional(),
  /** `no`: nodes cannot reach the server, and read and write through the front door. */
  FANREEL_S3_DIRECT: yesOrNo('yes'),
  FANREEL_S3_REGION: z.string().min(1).default('us-east-1'),
  FANREEL_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
    .optional(),
  /** Before every key, so that a bucket may hold other things too; ends in `/`. */
  FANREEL_S3_PREFIX: z
    .string()
    .regex(/^([a-z0-9_-]+\/)*$/)
    .default(''),
  /** The key pair must be let to list, get, put and delete. */
  FANREEL_S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  FANREEL_S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  /** Comes with key pairs that do not last. */
  FANREEL_S3_SESSION_TOKEN: z.string().min(1).optional(),
  /** Whether the bucket stands in the path, which most servers want, or before the host's name. */
  FANREEL_S3_ADDRESSING: z.enum(['path', 'host']).default('path'),
  /** A request to the server that nothing has moved for so long is given up: below the time that kiosks wait for an answer. */
  FANREEL_S3_DEADLINE_MS: ms(5_000),
  /** 32 bytes in hex: seals names and tokens, signs addresses and packs. */
  FANREEL_EVENT_KEY: z.string().regex(/^[0-9a-fA-F]{64}$/),
  /** What visitors' phones reach: the origin in the QR code. Absent: this host and port. */
  FANREEL_PUBLIC_URL: z.url().optional(),
  /** Folder of content packs, published at start. */
  FANREEL_PACKS_DIR: z.string().optional(),
  /** `yes`: what that folder holds replaces what the event has pinned. Otherwise only worlds that are new to it are added. */
  FANREEL_REPIN_PACKS: yesOrNo('no'),
  /** The kiosk UI on loopback, for every path that is not ours. */
  FANREEL_UI_URL: z.url().optional(),
  /** Origins a kiosk page may come from when it is served elsewhere, comma-separated. */
  FANREEL_KIOSK_ORIGINS: list(),
  /** Origins of the push services that phones are told through, comma-separated, `*.` for any host below. Empty: phones are not told. */
  FANREEL_PUSH_SERVICES: list(PUSH_SERVICES),
  /** Connections that one address may hold open; one on this machine, a proxy, as many as it likes. A venue's phones may all share one. */
  FANREEL_CONNECTIONS_OF_ONE: z.coerce.number().int().positive().default(2_000),
  /** How long a connection may take to say what it wants. */
  FANREEL_HEADERS_MS: ms(15_000),
  /** How long an answer may stand still, not one byte of it taken, before its connection is cut: a phone in a dead corner comes back by itself. */
  FANREEL_IDLE_MS: ms(60_000),
  FANREEL_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),

  /** A peer waits no longer than this for Redis before it is told `unavailable`. */
  FANREEL_REDIS_DEADLINE_MS: ms(2_000),
  /** How often the event's one clock, Redis's, is read. 0: each instance goes by its own machine's. */
  FANREEL_CLOCK_SYNC_MS: z.coerce.number().int().nonnegative().default(10_000),
  /** How often a node beats for each lease. */
  FANREEL_BEAT_MS: ms(3_000),
  /** Without a beat for this long a lease is lost: five beats. */
  FANREEL_LEASE_MS: ms(15_000),
  /** How often lost leases are looked for. */
  FANREEL_STALLED_MS: ms(5_000),
  /** How long a node has to answer an offer. */
  FANREEL_OFFER_MS: ms(3_000),
  /** How long a closed socket keeps its leases before the work is given back: shorter than the lease. */
  FANREEL_GRACE_MS: ms(8_000),
  /** How often idle nodes' queues are looked at without a hint; promotes delayed retries too. */
  FANREEL_POLL_MS: ms(500),
  /** First pause before a failed render is tried again; doubles each time. */
  FANREEL_RETRY_MS: ms(2_000),
  /** The least hard deadline of a render; larger clips get more. */
  FANREEL_DEADLINE_MS: ms(240_000),
  /** How long a render is kept for other nodes than the one that has spoilt it: about as long as a film takes. 0: not at all. */
  FANREEL_SPOILT_MS: z.coerce.number().int().nonnegative().default(60_000),
  /** Clips in a row that a node may call no good; each more is a fault of its own. Kiosks let few such through. */
  FANREEL_MOST_BLAMED: z.coerce.number().int().positive().default(2),
  /** How many different reels, posters and shot lists, of each kind, and how many previews one lease may write. */
  FANREEL_LEASE_FILMS: z.coerce.number().int().positive().default(3),
  FANREEL_LEASE_PREVIEWS: z.coerce.number().int().positive().default(300),
  /** How long a signed address for writing is good. */
  FANREEL_PUT_MS: ms(120_000),
  /** How often stranded visits and finished time spans are looked for. */
  FANREEL_SWEEP_MS: ms(5_000),
  /** How often kiosks are told again whether they and the event are open: what a lost notice costs at most. */
  FANREEL_RETELL_MS: ms(15_000),
  /** How long the clip of a failed visit is kept, so that an operator may retry it: 6 hours. */
  FANREEL_FAILED_CLIP_MS: ms(6 * 3_600_000),
  /** An upload that has not moved for this long is discarded: half a day, for a kiosk whose network was away. */
  FANREEL_UPLOAD_LIFETIME_MS: ms(12 * 60 * 60_000),
  /** How long a page's short code opens it, from the start of its visit: 6 hours. */
  FANREEL_CODE_LIFETIME_MS: ms(6 * 3_600_000),
  /** Wrong short codes from one address (of IPv6: one /64) in a minute, where a whole venue may stand behind one. */
  FANREEL_CODE_TRIES_OF_ONE: z.coerce.number().int().positive().default(20),
  /**
   * And from all who tried a wrong one already within the hour; beyond, they must wait. There are 21^8 = 3.8 x 10^10 codes, and at
   * 480 visits an hour 2,880 of them open something: one guess in 13.1 million. At 200 a minute, day and night, that is 46 days.
   */
  FANREEL_CODE_TRIES_OF_ALL: z.coerce.number().int().positive().default(200),
  /** And from everybody together, first tries too; beyond, nobody's code opens anything. At 600 a minute one guess is right in 15 days. */
  FANREEL_CODE_TRIES_AT_MOST: z.coerce.number().int().positive().default(600),
  /** Visits that one kiosk may begin at once, as when it comes back after hours without a network; one a second follows. */
  FANREEL_STARTS_AT_ONCE: z.coerce.number().int().positive().default(1_000),
  /** A kiosk takes no new visitor when the wait for a film is longer than this. */
  FANREEL_MAX_WAIT_MS: ms(30 * 60_000),
  /** Least free bytes on the media disk; below, uploads are refused. Films of clips that were taken may use half of it. */
  FANREEL_MIN_FREE_BYTES: z.coerce.number().int().nonnegative().default(1_073_741_824),
})
const Env = Knobs.superRefine((knobs, context) => {
  const { FANREEL_MEDIA_STORE: store } = knobs
  for (const name of STORE_NEEDS[store]) {
    if (knobs[name] === undefined)
      context.addIssue({ code: 'custom', path: [name], message: `needed where the media store is ${store}` })
  }
})
export type Env = z.infer<typeof Env>

/**
 * Reads the environment.
 *
 * @throws AppError `internal` naming every knob that does not fit
 */
export const readEnv = (source: NodeJS.ProcessEnv): Env => {
  const parsed = Env.safeParse(source)
  if (parsed.success) return parsed.data
  const detail = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new AppError('internal', { detail, cause: parsed.error })
}
