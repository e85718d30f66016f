/**
 * How a kiosk box is, as its agent says it: `POST /api/kiosks/<kioskId>/health` with the kiosk's token. Holds nothing of a
 * visitor.
 */
import { z } from 'zod'

const bytes = z.number().int().nonnegative()

/**
 * `in-use`: the browser has it, which is what it is for. `missing`: there is no such device. `silent`: it is there and gives no
 * picture, or none in time. `unknown`: there is no program to look with.
 */
export const CAMERA_STATES = ['seen', 'in-use', 'missing', 'silent', 'unknown'] as const
export const BROWSER_STATES = ['starting', 'running', 'frozen', 'down', 'unwatched'] as const

export const KioskHealth = z.object({
  /** The agent's version. */
  version: z.string().max(40),
  /** Since the agent started, in milliseconds. */
  upMs: z.number().int().nonnegative(),
  disk: z.object({ freeBytes: bytes, totalBytes: bytes }),
  memory: z.object({ freeBytes: bytes, totalBytes: bytes }),
  /** Processes that want a core, for each core there is. */
  load: z.number().nonnegative(),
  /** The hottest sensor of the box, in degrees Celsius; absent where it has none. */
  celsius: z.number().min(-60).max(200).optional(),
  camera: z.enum(CAMERA_STATES),
  browser: z.object({ state: z.enum(BROWSER_STATES), restarts: z.number().int().nonnegative(), memoryBytes: bytes.optional() }),
  /** The box's clock less the orchestrator's, in milliseconds; absent before the first answer. */
  skewMs: z.number().int().optional(),
  /** There and back over the network, in milliseconds. */
  roundTripMs: z.number().int().nonnegative().optional(),
})
export type KioskHealth = z.infer<typeof KioskHealth>

/** Answers a report: by the time of it the agent tells its clock's error. */
export const KioskHealthAnswer = z.object({
  ok: z.literal(true),
  serverTime: z.number().int(),
  /** What visitors' codes begin with, so that the box can try whether it leads anywhere. */
  pickupBase: z.url().optional(),
})
