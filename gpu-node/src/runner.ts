/** The node's working day: keeps its slots full, its leases beaten, and lets go in good order when asked to stop. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type NodeHello, type Offer, type OfferAnswer, PROTOCOL_VERSION, type RenderTier } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Roster } from './engines/roster.ts'
import type { NodeEnv } from './env.ts'
import { type Link, openLink } from './link.ts'
import { keptCredential } from './provenance/credential.ts'
import type { renderFilm } from './render.ts'
import { type RenderTask, startTask, type TaskOutcome } from './render-task.ts'
import type { Models } from './vision/models/load-models.ts'

export type Runner = {
  /** Takes no more work, finishes or gives back what runs, closes the link, leaves no folder (N16). */
  drain(): Promise<void>
}

const DEFAULT_BEAT_MS = 3_000
/** How long a machine that lacked room or handles takes nothing, in milliseconds. */
const LACKING_REST_MS = 15_000

export const startRunner = async (options: {
  env: NodeEnv
  models: Models
  version: string
  log: Logger
  onReady(): void
  /** Makes the films. */
  render: typeof renderFilm
  /** Who draws for them. */
  roster: Roster
}): Promise<Runner> => {
  const { env, models, log, render, roster } = options
  const tasks = new Map<string, RenderTask>()
  let beatMs = DEFAULT_BEAT_MS
  /** By which packs are checked; no offer comes before the welcome that brings it. */
  let packKey = ''
  let draining = false
  // Of this node alone: others of the same machine have theirs beside it, and their own renders in them (N17).
  const workDir = join(env.FANREEL_WORK_DIR, env.FANREEL_NODE_ID)
  // Whatever an earlier process left half-made belongs to a visitor and to nobody's lease.
  await rm(workDir, { recursive: true, force: true, maxRetries: 5 })
  await mkdir(workDir, { recursive: true, mode: 0o700 })

  const slots = {
    machine: env.FANREEL_NODE_SLOTS,
    cloud: env.FANREEL_NODE_TIERS.includes('cloud') ? env.FANREEL_NODE_CLOUD_SLOTS : 0,
  }
  /** A film that waits for a remote engine keeps none from being drawn here (N8). */
  const poolOf = (tier: RenderTier): keyof typeof slots => (tier === 'cloud' && slots.cloud > 0 ? 'cloud' : 'machine')
  /** Until when this machine takes nothing, having lacked what a film needs. */
  let restsUntil = 0
  const free = (pool: keyof typeof slots): number =>
    performance.now() < restsUntil
      ? 0
      : slots[pool] - [...tasks.values()].filter(({ offer }) => poolOf(offer.tier) === pool).length

  const hello = (): NodeHello => ({
    protocol: PROTOCOL_VERSION,
    eventId: env.FANREEL_EVENT_ID,
    nodeId: env.FANREEL_NODE_ID,
    token: env.FANREEL_NODE_TOKEN,
    version: options.version,
    tiers: env.FANREEL_NODE_TIERS,
    engines: roster.names(),
    slots: slots.machine,
    cloudSlots: slots.cloud,
    running: [...tasks.values()].map(({ offer }) => ({ renderId: offer.renderId, leaseToken: offer.leaseToken })),
  })

  const sayReady = () => {
    if (draining) return
    void link.request('node:ready', { eventId: env.FANREEL_EVENT_ID, free: free('machine'), freeCloud: free('cloud') })
  }

  const credential = env.FANREEL_SIGNING_DIR ? keptCredential(env.FANREEL_SIGNING_DIR, env.FANREEL_EVENT_ID) : undefined
  const take = (offer: Offer): OfferAnswer => {
    if (draining) return { accept: false, reason: 'draining' }
    if (free(poolOf(offer.tier)) <= 0) return { accept: false, reason: 'busy' }
    const task = startTask({
      offer,
      link,
      models,
      log,
      render,
      roster,
      settings: {
        orchestratorUrl: env.FANREEL_ORCHESTRATOR_URL,
        workDir,
        cacheDir: env.FANREEL_CACHE_DIR,
        packKey,
        beatMs,
        ...(credential && { credential }),
      },
    })
    tasks.set(offer.leaseToken, task)
    const release = (outcome?: TaskOutcome) => {
      tasks.delete(offer.leaseToken)
      if (outcome?.end === 'given-back') {
        restsUntil = performance.now() + LACKING_REST_MS
        setTimeout(sayReady, LACKING_REST_MS + 1).unref()
      }
      sayReady()
    }
    task.done.then(release, (error: unknown) => {
      log.error({ renderId: offer.renderId, code: 'node-fault', err: error }, 'render ended badly')
      release()
    })
    return { accept: true }
  }

  const link: Link = openLink(env.FANREEL_ORCHESTRATOR_URL, {
    hello,
    onWelcome: (welcome) => {
      beatMs = welcome.beatMs
      packKey = welcome.packKey
      for (const leaseToken of welcome.revoke) tasks.get(leaseToken)?.stop()
      log.info({ nodeId: env.FANREEL_NODE_ID, kept: welcome.keep.length, revoked: welcome.revoke.length }, 'linked')
      if (draining) void link.request('node:drain', { eventId: env.FANREEL_EVENT_ID })
      sayReady()
      options.onReady()
    },
    onOffer: take,
    onRevoke: (leaseToken) => tasks.get(leaseToken)?.stop(),
    onRefused: (refusal) =>
      log.error({ nodeId: env.FANREEL_NODE_ID, code: refusal.code, protocol: refusal.protocol }, 'hello refused'),
    onLost: () => log.warn({ nodeId: env.FANREEL_NODE_ID }, 'link lost'),
  })

  return {
    drain: async () => {
      draining = true
      await link.request('node:drain', { eventId: env.FANREEL_EVENT_ID })
      const finished = Promise.allSettled([...tasks.values()].map((task) => task.done))
      const late = new Promise((resolve) => setTimeout(resolve, env.FANREEL_DRAIN_MS).unref())
      await Promise.race([finished, late])
      await Promise.allSettled([...tasks.values()].map((task) => task.giveBack()))
      link.close()
      await rm(workDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
