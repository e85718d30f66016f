/**
 * One render's life on this node: brief, pack and clip in, film made, results out, scratch gone. Holds its lease by
 * beating, and stops by itself when the lease can no longer be kept (N3).
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
  type NodeObjectKind,
  type Offer,
  type Refusal,
  type RenderResult,
  type RenderStage,
  type ResultAnswer,
  type StageTimes,
} from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Link } from './link.ts'
import { loadPack } from './pack.ts'
import { fetchPack, PackBroken } from './pack-cache.ts'
import { renderFilm } from './render.ts'
import { describeFile, download, uploadBytes, uploadFile } from './transfer.ts'
import type { Models } from './vision/models/load-models.ts'

export type TaskSettings = { orchestratorUrl: string; workDir: string; cacheDir: string; packKey: string; beatMs: number }

/** How a render ended, for the log and for tests. */
export type TaskOutcome =
  | { end: 'accepted' | 'duplicate' | 'superseded' | 'stopped' }
  | { end: 'failed'; code: Code; class: FailureClass }

export type RenderTask = {
  readonly offer: Offer
  /** Ends without a word to the orchestrator: the lease is lost or the render is no longer wanted. */
  stop(): void
  /** Ends and hands the lease back, so that another node may begin at once. */
  giveBack(): Promise<void>
  readonly done: Promise<TaskOutcome>
}

/** The lease is given up this long before it ends, so that two nodes never draw the same film. */
const LEASE_MARGIN_MS = 2_000
const PREVIEW_EVERY_MS = 1_500

class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}

/** What a fault inside the render means for the next attempt. */
const classify = (error: unknown): { code: Code; class: FailureClass } => {
  if (error instanceof PackBroken) return { code: 'pack-broken', class: 'bad-input' }
  if (error instanceof Refused) return { code: error.refusal.code, class: error.refusal.retryable ? 'retry' : 'bad-input' }
  return { code: 'node-fault', class: 'node-fault' }
}

export const startTask = (options: {
  offer: Offer
  link: Link
  models: Models
  settings: TaskSettings
  log: Logger
}): RenderTask => {
  const { offer, link, models, settings, log } = options
  const lease = { eventId: offer.eventId, renderId: offer.renderId, leaseToken: offer.leaseToken }
  const scratch = join(settings.workDir, offer.leaseToken)
  const stopping = new AbortController()
  const { signal } = stopping
  const stagesMs: StageTimes = {}
  let stage: RenderStage = 'fetch'
  let stageSince = performance.now()
  let fraction = 0
  let preview: string | undefined
  let previewAt = -PREVIEW_EVERY_MS
  let previewUnderWay = false
  let leaseEnds = performance.now() + offer.leaseMs

  const enter = (next: RenderStage) => {
    if (next === stage) return
    const now = performance.now()
    stagesMs[stage] = (stagesMs[stage] ?? 0) + Math.round(now - stageSince)
    stageSince = now
    stage = next
  }

  const putUrl = async (kind: NodeObjectKind, object: { sha256: string; bytes: number }): Promise<string> => {
    for (;;) {
      const answer = await link.request('render:put', { ...lease, kind, ...object })
      if (answer.ok) return new URL(answer.url, settings.orchestratorUrl).href
      if (!answer.retryable) throw new Refused(answer)
      await delay(1_000, undefined, { signal })
    }
  }

  const putFile = async (kind: NodeObjectKind, path: string) => {
    const object = await describeFile(path)
    await uploadFile(await putUrl(kind, object), path, NODE_OBJECTS[kind].mime, object.bytes, signal)
    return object
  }

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
      await uploadBytes(
        new URL(answer.url, settings.orchestratorUrl).href,
        new Uint8Array(jpeg),
        NODE_OBJECTS.preview.mime,
        signal,
      )
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
      if (answer.cancel) stopping.abort(new Error('render-cancelled'))
    } else if (answer.code === 'lease-lost' || answer.code === 'render-cancelled') {
      stopping.abort(new Error(answer.code))
    } else if (performance.now() > leaseEnds - LEASE_MARGIN_MS) {
      stopping.abort(new Error('lease-lost'))
    }
  }

  const make = async (): Promise<Omit<RenderResult, 'eventId' | 'renderId' | 'leaseToken'>> => {
    await mkdir(scratch, { recursive: true })
    const brief = await link.request('render:brief', lease)
    if (!brief.ok) throw new Refused(brief)
    const clip = join(scratch, 'clip')
    const [folder] = await Promise.all([
      fetchPack({
        base: settings.orchestratorUrl,
        packHash: offer.packHash,
        packKey: settings.packKey,
        cache: settings.cacheDir,
        signal,
      }),
      download(new URL(brief.clip.url, settings.orchestratorUrl).href, clip, brief.clip, signal),
    ])
    const film = await renderFilm({
      clip,
      pack: await loadPack(folder, offer.packHash),
      ...(brief.firstName !== undefined && { firstName: brief.firstName }),
      language: brief.language,
      seed: brief.seed,
      scratch,
      models,
      policy: offer.policy,
      signal,
      onProgress: (progress) => {
        enter(progress.stage)
        fraction = Math.max(fraction, Math.min(1, progress.fraction))
        if (progress.preview) void showPreview(progress.preview)
      },
    })
    if (!film.ok) throw new FilmRefused(film.code, film.class)
    enter('deliver')
    const shotListPath = join(scratch, 'shot-list.json')
    await writeFile(shotListPath, JSON.stringify(film.shotList))
    const [reel, poster, shotList] = await Promise.all([
      putFile('reel', film.reel),
      putFile('poster', film.poster),
      putFile('shot-list', shotListPath),
    ])
    stagesMs.deliver = Math.round(performance.now() - stageSince)
    return { reel, poster, shotList, report: { ...film.report, stagesMs: { ...stagesMs } } }
  }

  /** Says a result until it is answered for good; its hash makes saying it twice harmless. */
  const deliver = async (result: Awaited<ReturnType<typeof make>>): Promise<ResultAnswer> => {
    for (;;) {
      const answer = await link.request('render:result', { ...lease, ...result }, 10_000)
      if (answer.ok || !answer.retryable) return answer
      await delay(1_000, undefined, { signal })
    }
  }

  const run = async (): Promise<TaskOutcome> => {
    const startedAt = performance.now()
    const beats = setInterval(() => void beat(), settings.beatMs)
    void beat()
    const finish = (outcome: TaskOutcome): TaskOutcome => {
      log.info(
        { renderId: offer.renderId, visitId: offer.visitId, ...outcome, ms: Math.round(performance.now() - startedAt) },
        'render ended',
      )
      return outcome
    }
    try {
      const answer = await deliver(await make())
      if (answer.ok) return finish({ end: answer.outcome })
      if (answer.code === 'lease-lost' || answer.code === 'render-cancelled') return finish({ end: 'stopped' })
      throw new Refused(answer)
    } catch (error) {
      if (signal.aborted) return finish({ end: 'stopped' })
      const failure = error instanceof FilmRefused ? { code: error.code, class: error.class } : classify(error)
      if (!(error instanceof FilmRefused))
        log.error({ renderId: offer.renderId, code: failure.code, err: error }, 'render failed')
      await link.request('render:failed', { ...lease, ...failure })
      return finish({ end: 'failed', ...failure })
    } finally {
      clearInterval(beats)
      await rm(scratch, { recursive: true, force: true })
    }
  }

  const done = run()
  return {
    offer,
    done,
    stop: () => stopping.abort(new Error('lease-lost')),
    giveBack: async () => {
      stopping.abort(new Error('draining'))
      await done
      await link.request('render:give-back', lease)
    },
  }
}

class FilmRefused extends Error {
  readonly code: Code
  readonly class: FailureClass
  constructor(code: Code, failureClass: FailureClass) {
    super(code)
    this.code = code
    this.class = failureClass
  }
}
