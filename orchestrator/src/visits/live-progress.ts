/** How far a running render is, beat by beat: short-lived, beside the visit and never part of it. */
import { type EventId, RenderStage, Sha256, type VisitId } from '@fanreel/protocol'
import { z } from 'zod'
import { eventKey } from '../queue/keys.ts'
import type { Redis } from '../queue/redis.ts'

const Progress = z.object({
  renderId: z.string(),
  /** Where the lease that beats writes its previews. */
  folder: z.string(),
  stage: RenderStage,
  fraction: z.number(),
  /** Orchestrator's clock, milliseconds since the epoch. */
  beatAt: z.number(),
  /** Newest last. */
  previews: z.array(Sha256),
})
export type Progress = z.infer<typeof Progress>

/** Previews shown at once. */
const MAX_PREVIEWS = 4
/** Seconds after the last beat until the progress is forgotten. */
const KEPT_S = 120
/** Renders of one instance whose last beat is remembered: more than it ever has at once. */
const MOST_NOTED = 1_000

export type LiveProgress = {
  read(visitId: VisitId): Promise<Progress | undefined>
  readMany(visitIds: readonly VisitId[]): Promise<Map<VisitId, Progress>>
  /** A lease was just taken: nothing is known of it yet, here or elsewhere. Tells nobody. */
  begin(visitId: VisitId, lease: Pick<Progress, 'renderId' | 'folder' | 'beatAt'>): void
  /** Notes a beat. Previews of an earlier lease are dropped; stage and fraction never run backwards within one. */
  beat(visitId: VisitId, beat: Omit<Progress, 'previews'> & { preview?: string | undefined }): Promise<Progress>
  clear(visitId: VisitId): Promise<void>
}

export const createLiveProgress = (options: { redis: Redis; eventId: EventId }): LiveProgress => {
  const { redis, eventId } = options
  const keyOf = (visitId: VisitId) => eventKey(eventId, 'live', visitId)
  const parse = (json: string | null): Progress | undefined => {
    if (json === null) return undefined
    return Progress.safeParse(JSON.parse(json)).data
  }
  /** What this instance has noted last of each visit: its own beats need not be read again. */
  const noted = new Map<VisitId, Progress>()
  const remember = (visitId: VisitId, progress: Progress) => {
    noted.delete(visitId)
    noted.set(visitId, progress)
    const [oldest] = noted.keys()
    if (noted.size > MOST_NOTED && oldest !== undefined) noted.delete(oldest)
  }
  const read = async (visitId: VisitId) => parse(await redis.call((client) => client.get(keyOf(visitId))))
  return {
    read,
    readMany: async (visitIds) => {
      if (visitIds.length === 0) return new Map()
      const values = await redis.call((client) => client.mGet(visitIds.map(keyOf)))
      return new Map(
        visitIds.flatMap((visitId, at) => {
          const progress = parse(values[at] ?? null)
          return progress ? [[visitId, progress] as const] : []
        }),
      )
    },
    begin: (visitId, lease) => remember(visitId, { ...lease, stage: 'fetch', fraction: 0, previews: [] }),
    beat: async (visitId, { preview, ...beat }) => {
      const own = noted.get(visitId)
      const known = own?.folder === beat.folder ? own : await read(visitId)
      const same = known?.folder === beat.folder ? known : undefined
      const shown = (same?.previews ?? []).filter((sha256) => sha256 !== preview)
      const progress: Progress = {
        ...beat,
        fraction: Math.max(beat.fraction, same?.fraction ?? 0),
        previews: [...shown, ...(preview === undefined ? [] : [preview])].slice(-MAX_PREVIEWS),
      }
      remember(visitId, progress)
      const json = JSON.stringify(progress)
      await redis.call((client) => client.set(keyOf(visitId), json, { expiration: { type: 'EX', value: KEPT_S } }))
      return progress
    },
    clear: async (visitId) => {
      noted.delete(visitId)
      await redis.call((client) => client.del(keyOf(visitId)))
    },
  }
}
