/**
 * Alibaba Cloud Model Studio as an engine: a reference-to-video model draws a shot from a few seconds of the visitor's own clip. It
 * is paid by the second and knows no idempotency key, so a task is asked for once: the intent is written before, the id after it, and
 * whoever finds a known task goes on with it (D11, D12).
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type EngineClock, steadyClock } from '../clock.ts'
import type { ClipShot, Engine, EngineCapabilities, ShotRequest } from '../engine.ts'
import { EngineFault } from '../engine-fault.ts'
import { drawKeyframe } from '../keyframe.ts'
import type { Order, PaidWork, Reference } from '../paid-work.ts'
import { isLoopback, unreachableBecause } from '../public-address.ts'
import { twiceIfLost } from '../save-clip.ts'
import { createServerPool } from '../server-pool.ts'
import { bodyFor, centsFor, centsPerShot, secondsFor } from './body.ts'
import { createModelStudioClient, faultFor, type ModelStudioClient, type Task, Throttled } from './client.ts'
import type { Recipe } from './recipe.ts'

export type ModelStudioOptions = {
  /** Of the region that key and model belong to, without `/api`. */
  url: string
  key: string
  recipe: Recipe
  /** Draws the picture whose look the clip is brought to. */
  studio: Pick<Engine, 'renderShot'>
  timing?: Timing
  clock?: EngineClock
}
export type Timing = {
  /** Between two looks, in milliseconds: the service asks for about 15 s, and allows 20 a second to an account. */
  pollMs: number
  callMs: number
  /** Before a create that was too much is said again, in milliseconds, where the service does not say. */
  backOffMs: number
  /** After this long a task is given up whoever waits, in milliseconds. */
  giveUpMs: number
}

const TIMING: Timing = { pollMs: 15_000, callMs: 15_000, backOffMs: 2_000, giveUpMs: 900_000 }
/** How often a create is said that was refused as too much: bursts are refused below the quota, and pass within a minute. */
const CREATE_TRIES = 4
/** The longest pause between two of them, in milliseconds. */
const LONGEST_PAUSE_MS = 60_000
/** An id that nobody has: whoever may look is told UNKNOWN. */
const NO_TASK = '00000000-0000-0000-0000-000000000000'

/** Makes the task, again where it was too much. Throws `orphaned` where nobody knows whether it was made. */
const create = async (
  client: ModelStudioClient,
  body: object,
  {
    paid,
    order,
    timing,
    clock,
    signal,
  }: { paid: PaidWork; order: Order; timing: Timing; clock: EngineClock; signal: AbortSignal },
): Promise<string> => {
  for (let tries = 1; ; tries++) {
    const created = await client.create(body)
    if ('made' in created) {
      await paid.placed(order, created.made)
      return created.made
    }
    if ('unknown' in created) {
      await paid.ended(order, { is: 'unknown' })
      throw new EngineFault('orphaned', created.unknown.message, created.unknown)
    }
    if (created.refused.reason !== 'throttled' || tries >= CREATE_TRIES || signal.aborted) {
      await paid.ended(order, { is: 'free' })
      signal.throwIfAborted()
      throw created.refused
    }
    const pause = Math.min(LONGEST_PAUSE_MS, created.afterMs ?? timing.backOffMs * 2 ** (tries - 1))
    await clock.pause(pause, signal).catch(() => undefined)
    if (!signal.aborted) continue
    await paid.ended(order, { is: 'free' })
    signal.throwIfAborted()
  }
}

/**
 * What must be known of a request that is on its way outlives the shot that is let go of: another node needs it at once, and is
 * waited for; otherwise the film goes on without.
 */
const unlessLetGo = <T>(work: Promise<T>, signal: AbortSignal, mustEnd: () => boolean): Promise<T> =>
  new Promise((resolve, reject) => {
    const letGo = () => void (mustEnd() || reject(signal.reason))
    signal.addEventListener('abort', letGo, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', letGo))
  })

/** Looks at a task until it has ended, however often nobody answers: it is paid for. Throws `late` after `giveUpMs`. */
const follow = async (
  client: ModelStudioClient,
  taskId: string,
  { pollMs, giveUpMs }: Timing,
  clock: EngineClock,
  signal: AbortSignal,
  onLook: (task: Task) => void,
): Promise<Task> => {
  const begun = clock.now()
  for (let pause = pollMs; ; ) {
    await clock.pause(pause, signal)
    pause = pollMs
    try {
      const task = await client.look(taskId, signal)
      onLook(task)
      const { task_status: status } = task.output
      if (status !== 'PENDING' && status !== 'RUNNING') return task
    } catch (error) {
      if (error instanceof Throttled) pause = Math.max(pollMs, Math.min(LONGEST_PAUSE_MS, error.afterMs ?? 2 * pollMs))
      else if (!(error instanceof EngineFault) || error.reason !== 'unreachable') throw error
    }
    if (clock.now() - begun > giveUpMs) throw new EngineFault('late', 'its task does not end')
  }
}

/** Where the clip of an ended task lies. Throws by why there is none; what is not paid is written down. */
const settle = async (task: Task, recipe: Recipe, paid: PaidWork, order: Order): Promise<string> => {
  const { task_status: status, code = '', message = '', video_url: url } = task.output
  // Nobody knows whether what is forgotten was charged: what was set aside for it stays spent.
  if (status === 'UNKNOWN') throw new EngineFault('lost', 'its task is not known there any more')
  if (status !== 'SUCCEEDED') {
    await paid.ended(order, { is: 'free' })
    if (status === 'CANCELED') throw new EngineFault('failed', 'its task was taken back')
    const fault = faultFor(200, code)
    throw new EngineFault(fault.reason, `${fault.message}: ${message.slice(0, 200)}`)
  }
  const seconds = task.usage?.duration
  const cents = seconds === undefined ? order.cents : Math.ceil(seconds * recipe.centsPerSecond)
  await paid.ended(order, { is: 'paid', cents })
  if (!url) throw new EngineFault('failed', 'it has ended and names no clip')
  return url
}

export const createModelStudio = (options: ModelStudioOptions): Engine => {
  const { url, key, recipe, studio, timing = TIMING, clock = steadyClock } = options
  const { resultHosts } = recipe
  const client = createModelStudioClient({ baseUrl: url, key, resultHosts, callMs: timing.callMs, clock })
  // One account has as many hands as may be under way at once; a shot's fault says nothing of the others.
  const hands = createServerPool(
    Array.from({ length: recipe.parallel }, () => client),
    { isServersFault: () => false, restMs: 0, now: clock.now },
  )
  const longest = recipe.seconds.at(-1) ?? 0
  const capabilities: EngineCapabilities = {
    name: 'model-studio',
    treatments: recipe.treatments,
    parallel: recipe.parallel,
    place: 'cloud',
    reference: { image: false, video: true, voice: false },
    performance: 'invented',
    sound: recipe.parameters.audio === false ? 'none' : 'own',
    sizes: [{ width: recipe.width, height: recipe.height }],
    frames: { least: 1, most: longest * 24 },
    fps: recipe.fps,
    centsPerSecond: recipe.centsPerSecond,
    centsPerShot: centsPerShot(recipe),
    expectedMs: recipe.expectedMs,
    cancel: 'queued-only',
  }
  /** What was wrong with the last reference: health tells it until another is good. */
  let noReference: string | undefined

  const referenceOf = async (paid: PaidWork, request: ShotRequest): Promise<Reference> => {
    try {
      const reference = await paid.reference(request)
      const local = client.local && isLoopback(reference.url)
      const problem = local ? undefined : unreachableBecause(reference.url)
      if (problem) throw new EngineFault('missing', problem)
      noReference = undefined
      return reference
    } catch (error) {
      if (error instanceof EngineFault && error.reason === 'missing') noReference = error.message
      throw error
    }
  }

  /** Takes back what still waits there. Nobody waits for it: what runs is charged, and stays written as it is. */
  const takeBack = (paid: PaidWork, order: Order, taskId: string): void => {
    client
      .cancel(taskId)
      .then((taken) => (taken ? paid.ended(order, { is: 'free' }) : undefined))
      .catch(() => undefined)
  }

  /** The task of an order: a new one, or the one that somebody has asked for before. */
  const taskOf = async (paid: PaidWork, request: ShotRequest): Promise<{ order: Order; taskId: string }> => {
    const { shot, tail, attempt = 0, signal } = request
    const reference = await referenceOf(paid, request)
    const seconds = secondsFor(recipe, shot.frames + tail)
    const order: Order = { shot: shot.slot, attempt, engine: 'model-studio', cents: centsFor(recipe, seconds, reference.seconds) }
    signal.throwIfAborted()
    const standing = await paid.intend(order)
    if (standing.is === 'placed') return { order, taskId: standing.taskId }
    if (standing.is === 'refused') throw new EngineFault(standing.reason, `its order is refused: ${standing.reason}`)
    const made = create(client, bodyFor(recipe, request, reference.url), { paid, order, timing, clock, signal })
    try {
      return { order, taskId: await unlessLetGo(made, signal, paid.goesOn) }
    } catch (error) {
      // Made after all, and nobody waits for it.
      made.then(
        (taskId) => takeBack(paid, order, taskId),
        () => undefined,
      )
      throw error
    }
  }

  const draw = async (paid: PaidWork, request: ShotRequest, from: Uint8Array): Promise<ClipShot> => {
    const { shot, scratch, tail, attempt = 0, signal, onProgress } = request
    const frames = shot.frames + tail
    const path = join(scratch, `${shot.id}-model-studio-${attempt}.mp4`)
    const { order, taskId } = await taskOf(paid, request)
    const begun = clock.now()
    let highest = 0
    const tell = ({ output }: Task) => {
      const share = output.task_status === 'PENDING' ? 0 : Math.min(0.9, (clock.now() - begun) / recipe.expectedMs)
      highest = Math.max(highest, Math.floor(share * frames))
      onProgress?.({ drawn: highest })
    }
    try {
      const task = await follow(client, taskId, timing, clock, signal, tell)
      let address = await settle(task, recipe, paid, order)
      let again = false
      await twiceIfLost(async () => {
        // It is there for a day; an address that has run out may have been signed anew.
        if (again) address = (await client.look(taskId, signal)).output.video_url ?? address
        again = true
        await client.download(address, path, signal)
      }, signal)
      onProgress?.({ drawn: frames })
      return { kind: 'clip', path, engine: 'model-studio', from }
    } catch (error) {
      await rm(path, { force: true })
      // What nobody will come back for is taken back where it still waits.
      const isLate = error instanceof EngineFault && error.reason === 'late'
      if (isLate || (signal.aborted && !paid.goesOn())) takeBack(paid, order, taskId)
      throw error
    }
  }

  /** Throws where nobody answers, or not to this key. */
  const ask = async (signal?: AbortSignal) => void (await client.look(NO_TASK, signal))

  return {
    capabilities,
    warmUp: async (signal) => {
      signal.throwIfAborted()
      await ask(signal)
    },
    renderShot: async (request) => {
      const { signal, paid, shot, tail } = request
      signal.throwIfAborted()
      secondsFor(recipe, shot.frames + tail)
      if (!paid) throw new EngineFault('missing', 'nobody keeps a book of what is spent here: it draws for a node alone')
      const from = await drawKeyframe(studio, request)
      return hands.use(signal, () => draw(paid, request, from))
    },
    health: async () => {
      try {
        await ask()
        return noReference ? { ok: false, reason: noReference } : { ok: true }
      } catch (error) {
        return { ok: false, reason: error instanceof Error ? error.message : String(error) }
      }
    },
    close: () => Promise.resolve(),
  }
}
