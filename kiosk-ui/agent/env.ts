/** The only reader of the agent's environment. Every knob has a default, its unit in its name and one line of why. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EventId, KioskId } from '@fanreel/protocol'
import { z } from 'zod'

/** What is installed on this box. */
const installed = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version

const ms = (byDefault: number) => z.coerce.number().int().positive().default(byDefault)
const list = z
  .string()
  .default('')
  .transform((text) => text.split(' ').filter((part) => part !== ''))

const Env = z.object({
  FANREEL_EVENT_ID: EventId,
  FANREEL_KIOSK_ID: KioskId,
  FANREEL_KIOSK_TOKEN: z.string().min(20).max(200),
  /** The orchestrator's origin; visitors' phones may know it by another. */
  FANREEL_ORCHESTRATOR_URL: z.url(),
  /** What operators read as this kiosk's version. */
  FANREEL_VERSION: z.string().max(40).default(installed),
  /** Where the screens are served, on loopback alone; 0 takes any free port. */
  FANREEL_AGENT_PORT: z.coerce.number().int().min(0).max(65_535).default(3100),
  /** Next's standalone server, as built by set-up. */
  FANREEL_SCREENS_SERVER: z.string().optional(),
  /** The browser's program; empty where somebody else starts it, and it is not watched. */
  FANREEL_BROWSER: z.string().default('/usr/bin/chromium'),
  /** More arguments for the browser, separated by spaces. */
  FANREEL_BROWSER_ARGS: list,
  /** The browser's profile: what a kiosk must not lose in a power cut lies in it. */
  FANREEL_AGENT_HOME: z.string().default(join(homedir(), '.fanreel-kiosk')),
  /** How often the browser is asked whether it still draws, and how many unanswered questions mean that it does not. */
  FANREEL_BEAT_MS: ms(5_000),
  FANREEL_SILENT_BEATS: z.coerce.number().int().min(1).default(4),
  /** A camera by its device, `/dev/video0`; TEST for the picture that fswebcam draws itself. */
  FANREEL_CAMERA: z.string().default('/dev/video0'),
  /** How often the orchestrator hears how this box is. */
  FANREEL_REPORT_MS: ms(15_000),
  /** How long preflight waits for the first of the browser's voices. */
  FANREEL_VOICES_MS: ms(20_000),
  /** What preflight asks for: free bytes on the disk, degrees of the hottest sensor, the clock's error. */
  FANREEL_MIN_FREE_BYTES: z.coerce.number().int().nonnegative().default(2_000_000_000),
  FANREEL_MAX_CELSIUS: z.coerce.number().default(85),
  FANREEL_MAX_SKEW_MS: ms(5_000),
})
export type AgentEnv = z.infer<typeof Env>

/** @throws Error naming every knob that does not fit */
export const readEnv = (source: Readonly<Record<string, string | undefined>>): AgentEnv => {
  const parsed = Env.safeParse(source)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
}
