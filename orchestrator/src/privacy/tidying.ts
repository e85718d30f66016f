/**
 * Deletes what a visit that goes on needs no more: the clip once the film is there, the clip of an earlier take, previews,
 * and what other leases have delivered (E4). Works from what is to stay, so that nothing is forgotten because nobody knew
 * of it. Deleting comes before everything that needs room: it is what makes room on a full disk.
 */
import type { EventId, Refusal, VisitState } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import { refusalOf } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import type { LiveProgress } from '../visits/live-progress.ts'
import { sheetKey, visitPrefix } from '../visits/media-keys.ts'
import { wantsClip } from '../visits/tidy-due.ts'
import type { Visit } from '../visits/visit.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { VisitStore } from '../visits/visit-store.ts'

export type Tidying = {
  /** Tidies a visit now; may be repeated. What fails is logged and done by `sweep`. */
  tidy(visit: Visit): Promise<void>
  /** Goes on with what is due; answers how many visits are done. One that fails keeps none of the others. */
  sweep(): Promise<number>
}

const BATCH = 1_000
/** A visit that could not be tidied is looked at again after this, in milliseconds. */
const AGAIN_MS = 30_000
/** A clip is on its way in or being read: what lies there belongs to it. */
const MOVING: ReadonlySet<VisitState> = new Set(['uploading', 'queued', 'rendering'])
const RESTING: ReadonlySet<VisitState> = new Set(['started', 'recorded', 'failed', 'ready', 'held'])

export const createTidying = (options: {
  eventId: EventId
  store: VisitStore
  live: LiveProgress
  media: MediaStore
  writeSheet: (visit: Visit) => Promise<void>
  /** How long a signed address for writing is good, in milliseconds. */
  putMs: number
  /** How long a failed visit's clip is kept for another try, in milliseconds. */
  failedClipMs: number
  clock: Clock
  log: Logger
}): Tidying => {
  const { eventId, store, live, media, writeSheet, putMs, failedClipMs, clock, log } = options
  /** Another lease's node may still write where it needs no door for it: what comes late is looked for again (S4). */
  const settlesAfterMs = media.direct ? putMs + media.direct.lateMs : 0

  /** Keys and folders of a resting visit that stay. A reel's poster and shot list lie beside it. */
  const keptOf = ({ visitId, reel, clip }: Visit): string[] => [
    sheetKey(eventId, visitId),
    ...(reel ? [reel.key.slice(0, reel.key.lastIndexOf('/') + 1)] : []),
    ...(clip ? [clip.key] : []),
  ]
  const withoutClip = ({ clip: _, ...rest }: Visit): Visit => rest

  /** Takes the clip from what the visit knows, unless somebody wants it meanwhile; answers the visit as it then is. */
  const forgetClip = (known: Visit): Promise<Visit | Refusal> => {
    const change = (visit: Visit) =>
      !visit.clip || wantsClip(visit, clock.now(), failedClipMs)
        ? visit
        : { ...withoutClip(visit), seq: visit.seq + 1, changedAt: clock.now() }
    return store.update(known.visitId, change, known)
  }

  const toldBefore = async (visit: Visit): Promise<boolean> => {
    try {
      await writeSheet(visit)
      return true
    } catch (error) {
      if (refusalOf(error).code !== 'disk-full') throw error
      return false
    }
  }

  /** Answers whether nothing more is to be done; `due` is why it is done, where that is known. */
  const work = async (visit: Visit, due?: number): Promise<boolean> => {
    const { visitId, state } = visit
    if (MOVING.has(state)) return false
    // What has ended is erased whole, and elsewhere.
    if (!RESTING.has(state)) return true
    const drops = visit.clip !== undefined && !wantsClip(visit, clock.now(), failedClipMs)
    // Another try may be asked for just now: of the two, one finds the clip gone.
    const current = drops && state === 'failed' ? await forgetClip(visit) : visit
    if (isRefusal(current)) return true
    if (current.state !== state) return false
    // A visitor may be recording again since it was read: the next clip is none of this.
    if (state !== 'ready' && state !== 'held' && (await store.get(visitId))?.seq !== current.seq) return false
    const stays = drops ? withoutClip(current) : current
    // First what a lost Redis is told of instead of the clip (E5); only a disk without room for it is made room on first.
    const isTold = drops && (await toldBefore(stays))
    const objects = await media.removeBut(visitPrefix(eventId, visitId), keptOf(stays))
    // Told to Redis in one go; where the sheet cannot be written, all of it is done once more.
    if (drops && !isTold) await writeSheet(stays)
    const isTidy = stays.clip === undefined && visit.changedAt + settlesAfterMs <= clock.now()
    await Promise.all([
      live.clear(visitId),
      drops && forgetClip(current),
      isTidy && due !== undefined && store.tidied(visitId, due),
    ])
    log.info({ visitId, objects }, 'visit tidied')
    return isTidy
  }

  return {
    tidy: async (visit) => {
      const { visitId } = visit
      try {
        // Read first: what is noted after this is another reason, and stays.
        await work(visit, await store.tidyDue(visit))
      } catch (error) {
        log.error({ err: error, visitId, code: refusalOf(error).code }, 'tidying goes on later')
      }
    },
    sweep: async () => {
      const now = clock.now()
      let done = 0
      for (const { visitId, dueAt } of await store.toTidy(now, BATCH)) {
        try {
          const visit = await store.get(visitId)
          if (visit && !(await work(visit))) await store.tidyLater(visitId, now + AGAIN_MS)
          else {
            await store.tidied(visitId, dueAt)
            done++
          }
        } catch (error) {
          log.error({ err: error, visitId, code: refusalOf(error).code }, 'tidying goes on later')
          await store.tidyLater(visitId, now + AGAIN_MS)
        }
      }
      return done
    },
  }
}
