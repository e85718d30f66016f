/**
 * One render's life on this node: brief, pack and clip in, film made, results out, scratch gone. Holds its lease by
 * beating, and stops by itself when the lease can no longer be kept (N11).
 */
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type Code,
  type FailureClass,
  NODE_OBJECTS,
  type Offer,
  ReelCode,
  type RenderStage,
  type ResultAnswer,
  type StageTimes,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import { allOrNone } from './all-or-none.ts'
import { msForFilm, seedOfAttempt } from './attempt.ts'
import type { Roster } from './engines/roster.ts'
import { FilmRefused, failureOf, Refused } from './failure.ts'
import { createLeaseFiles, DELIVERY_TRIES, type StoredObject } from './lease-files.ts'
import type { Link } from './link.ts'
import { isLacking } from './media/machine-fault.ts'
import type { LoadedPack } from './pack.ts'
import { forgetPack, openPack } from './pack-cache.ts'
import { PackUnusable } from './pack-unusable.ts'
import { createPaidWork } from './paid-orders.ts'
import type { FilmCredential } from './provenance/credential.ts'
import type { Film, renderFilm } from './render.ts'
import { download, uploadBytes } from './transfer.ts'
import type { Models } from './vision/models/load-models.ts'

export type TaskSettings = {
  orchestratorUrl: string
  workDir: string
  cacheDir: string
  packKey: string
  beatMs: number
  credential?: FilmCredential
}

/** How a render ended, for the log and for tests. */
export type TaskOutcome =
  | { end: 'accepted' | 'duplicate' | 'superseded' | 'stopped' }
  /** This machine lacks something that it may have again in a moment. */
  | { end: 'given-back' }
  | { end: 'failed'; code: Code; class: FailureClass }

export type RenderTask = {
  readonly offer: Offer
  /** Ends without a word to the orchestrator: the lease is lost or the render is no longer wanted. */
  stop(): void
  /** Ends and hands the lease back, so that another node may begin at once. */
  giveBack(): Promise<void>
  readonly done: Promise<TaskOutcome>
}

/** A film as files, on its way out. */
type Made = Pick<Extract<Film, { ok: true }>, 'reel' | 'poster' | 'report'> & { shotList: string }

const LEASE_OVER: ReadonlySet<Code> = new Set(['lease-lost', 'render-cancelled'])
/** The lease is given up this long before it ends, so that two nodes never draw the same film. */
const LEASE_MARGIN_MS = 2_000
const RESULT_MS = 10_000
const PREVIEW_EVERY_MS = 1_500

const ASK_AGAIN_MS = 500
export const startTask = (options: {
  offer: Offer
  link: Link
  models: Models
  settings: TaskSettings
  log: Logger
  /** Makes the film. */
  render: typeof renderFilm
  /** Who draws for it. */
  roster: Roster
}): RenderTask => {
  const { offer, link, models, settings, log, render, roster } = options
  const lease = { eventId: offer.eventId, renderId: offer.renderId, leaseToken: offer.leaseToken }
  const scratch = join(settings.workDir, offer.leaseToken)
  const stopping = new AbortController()
  const { signal } = stopping
  const stagesMs: StageTimes = {}
  let stage: RenderStage = 'fetch'
  const offeredAt = performance.now()
  let stageSince = offeredAt
  let fraction = 0
  let preview: string | undefined
  let previewAt = -PREVIEW_EVERY_MS
  let previewUnderWay = false
  let leaseEnds = offeredAt + offer.leaseMs
  /** Nobody will draw this film any more. */
  let unwanted = false

  const addressOf = (url: string) => new URL(url, settings.orchestratorUrl).href
  const enter = (next: RenderStage) => {
    if (next === stage) return
    const now = performance.now()
    stagesMs[stage] = (stagesMs[stage] ?? 0) + Math.round(now - stageSince)
    stageSince = now
    stage = next
  }

  /** Says a message until it is answered for good, however long the link is away (N12); the lease's end stops it. */
  const ask: Link['request'] = async (name, payload, timeoutMs) => {
    for (;;) {
      const answer = await link.request(name, payload, timeoutMs)
      if (answer.ok || !answer.retryable) return answer
      await delay(ASK_AGAIN_MS, undefined, { signal })
    }
  }

  const files = createLeaseFiles({ lease, ask, addressOf })

  /** A preview that cannot be sent is no reason to stop; the next one follows soon. */
  const showPreview = async (jpeg: Uint8Array) => {
    const now = performance.now()
    if (previewUnderWay || now - previewAt < PREVIEW_EVERY_MS || jpeg.length > NODE_OBJECTS.preview.maxBytes) return
    previewUnderWay = true
    previewAt = now
    try {
      const sha256 = createHash('sha256').update(jpeg).digest('hex')
      const answer = await link.request('render:put', { ...lease, kind: 'preview', sha256, bytes: jpeg.length })
      if (!answer.ok) return
      await uploadBytes(addressOf(answer.url), new Uint8Array(jpeg), NODE_OBJECTS.preview.mime, signal)
      preview = sha256
    } catch (error) {
      if (!signal.aborted) log.debug({ renderId: offer.renderId, err: error }, 'preview not sent')
    } finally {
      previewUnderWay = false
    }
  }

  const beat = async () => {
    const sentAt = performance.now()
    const answer = await link.request('render:beat', { ...lease, stage, fraction, ...(preview && { preview }) }, settings.beatMs)
    if (answer.ok) {
      leaseEnds = sentAt + offer.leaseMs
      if (answer.cancel) {
        unwanted = true
        stopping.abort(new Error('render-cancelled'))
      }
    } else if (LEASE_OVER.has(answer.code)) {
      unwanted = answer.code === 'render-cancelled'
      stopping.abort(new Error(answer.code))
    } else if (performance.now() > leaseEnds - LEASE_MARGIN_MS) {
      stopping.abort(new Error('lease-lost'))
    }
  }

  const make = async () => {
    await mkdir(scratch, { recursive: true, mode: 0o700 })
    const brief = await ask('render:brief', lease)
    if (!brief.ok) throw new Refused(brief)
    const clip = join(scratch, 'clip')
    const { orchestratorUrl: base, cacheDir: cache, packKey } = settings
    const [pack] = await allOrNone<[LoadedPack, unknown]>(signal, (both) => [
      files.fetch(brief, () => openPack({ base, packHash: offer.packHash, packKey, cache, signal: both })),
      files.fetch(brief, ({ clip: { url, ...expected } }) => download(addressOf(url), clip, expected, both)),
    ])
    const film = await render({
      clip,
      pack,
      ...(brief.firstName !== undefined && { firstName: brief.firstName }),
      language: brief.language,
      seed: seedOfAttempt(brief.seed, offer.attempt),
      scratch,
      models,
      policy: offer.policy,
      roster,
      finishBy: roster.now() + msForFilm(offer, performance.now() - offeredAt),
      // Only a visit whose consent names one is put into that queue (E1).
      cloud: offer.tier === 'cloud',
      paid: createPaidWork({
        lease,
        ask,
        clip,
        signal,
        putReference: files.putReference,
        goesOn: () => signal.aborted && !unwanted,
      }),
      ...(settings.credential && { credential: settings.credential }),
      signal,
      onProgress: (progress) => {
        enter(progress.stage)
        fraction = Math.max(fraction, Math.min(1, progress.fraction))
        if (progress.preview) void showPreview(progress.preview)
      },
      onFallback: ({ shot, engine, code, reason }) =>
        log.warn({ visitId: offer.visitId, jobId: offer.renderId, shot, engine, code, reason }, 'engine did not draw a shot'),
    })
    if (!film.ok) throw new FilmRefused({ code: film.code, class: film.class })
    enter('deliver')
    const shotList = join(scratch, 'shot-list.json')
    await writeFile(shotList, JSON.stringify(film.shotList))
    return { reel: film.reel, poster: film.poster, shotList, report: film.report }
  }

  const putAll = (made: Made) =>
    allOrNone<[StoredObject, StoredObject, StoredObject]>(signal, (both) => [
      files.put('reel', made.reel, both),
      files.put('poster', made.poster, both),
      files.put('shot-list', made.shotList, both),
    ])

  /** Brings the film in; what has not arrived is put again (N14). Its hash makes saying a result twice harmless. */
  const deliver = async (made: Made): Promise<ResultAnswer> => {
    for (let tries = 1; ; tries++) {
      const [reel, poster, shotList] = await putAll(made)
      stagesMs.deliver = Math.round(performance.now() - stageSince)
      const report = { ...made.report, stagesMs: { ...stagesMs } }
      const answer = await ask('render:result', { ...lease, reel, poster, shotList, report }, RESULT_MS)
      if (answer.ok || answer.code !== 'object-unknown' || tries >= DELIVERY_TRIES) return answer
    }
  }

  const attempt = async (): Promise<TaskOutcome> => {
    const answer = await deliver(await make())
    if (answer.ok) return { end: answer.outcome }
    const reelCode = ReelCode.safeParse(answer.code)
    // The orchestrator has looked at the reel and ended the attempt itself.
    if (reelCode.success) return { end: 'failed', code: reelCode.data, class: 'node-fault' }
    throw new Refused(answer)
  }

  const isOver = (error: unknown): boolean => signal.aborted || (error instanceof Refused && LEASE_OVER.has(error.refusal.code))

  /** What became of the attempt, once it is said; where the lease ends before, nobody asks any more. */
  const sayUntilStopped = async (outcome: TaskOutcome, say: () => Promise<unknown>): Promise<TaskOutcome> => {
    try {
      await say()
      return outcome
    } catch (unsaid) {
      if (signal.aborted) return { end: 'stopped' }
      throw unsaid
    }
  }

  const fail = async (error: unknown): Promise<TaskOutcome> => {
    if (isOver(error)) return { end: 'stopped' }
    if (await isLacking(error, settings.workDir)) {
      log.error({ renderId: offer.renderId, code: 'node-fault', err: error }, 'no room or no handles: given back')
      return sayUntilStopped({ end: 'given-back' }, () => ask('render:give-back', lease))
    }
    const failure = failureOf(error, stage)
    // Its files may have been good when they came: the next attempt here fetches them anew, or every visit would fail on them.
    if (error instanceof PackUnusable) await forgetPack(settings.cacheDir, offer.packHash)
    if (!(error instanceof FilmRefused)) log.error({ renderId: offer.renderId, code: failure.code, err: error }, 'render failed')
    return sayUntilStopped({ end: 'failed', ...failure }, () => ask('render:failed', { ...lease, ...failure }))
  }

  /** Whatever becomes of the disk, the node lives on: the next start clears what is left. */
  const clearScratch = () =>
    rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch((error: unknown) =>
      log.error({ renderId: offer.renderId, code: 'node-fault', err: error }, 'scratch not cleared'),
    )

  const run = async (): Promise<TaskOutcome> => {
    const startedAt = performance.now()
    const beats = setInterval(() => void beat(), settings.beatMs)
    void beat()
    try {
      const outcome = await attempt().catch(fail)
      log.info(
        { renderId: offer.renderId, visitId: offer.visitId, ...outcome, ms: Math.round(performance.now() - startedAt) },
        'render ended',
      )
      return outcome
    } finally {
      clearInterval(beats)
      await clearScratch()
    }
  }

  const done = run()
  return {
    offer,
    done,
    stop: () => stopping.abort(new Error('lease-lost')),
    giveBack: async () => {
      stopping.abort(new Error('draining'))
      // What ended by itself meanwhile is nobody's to give.
      if ((await done).end === 'stopped') await link.request('render:give-back', lease)
    },
  }
}
