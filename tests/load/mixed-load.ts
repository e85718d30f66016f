/** A load whose films are drawn down the ladder: what its nodes are told, and what became of shots and money. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createSettings } from '../../orchestrator/src/event/event-settings.ts'
import { eventKey } from '../../orchestrator/src/queue/keys.ts'
import type { Visit } from '../../orchestrator/src/visits/visit.ts'
import { quantile, rounded } from '../bench/figures.ts'
import type { Fleet } from '../support/fleet.ts'
import { type Mix, startEngines } from './engine-mix.ts'
import type { MixedNodes } from './mixed-nodes-main.ts'

export type MixedLoad = {
  mix: Mix
  /** How many times as fast as the wall's clock: engines, ladder and servers run by it, the orchestrator does not. */
  times: number
  /** How many of the shots that are asked for bring each documented fault, 0..1. */
  faultShare: number
  /** What the event promises for a film, from its offer on, in milliseconds. */
  finishWithinMs: number
  seed: number
}

export type MixFigures = {
  /** Ready later after their first offer than the event promises. */
  late: number
  /** From offer to ready, in seconds: the median and what 95 of 100 stay below. */
  filmP50: number
  filmP95: number
  /** Shots that were charged once too often. */
  doublePaid: number
  /** Shots that may have been charged and were never seen. */
  orphanedPaid: number
  /** Engines that were passed over for a shot. */
  fallbacks: number
  /** The same by engine and reason, and how many shots each engine drew. */
  fallbacksBy: Record<string, number>
  shotsBy: Record<string, number>
}

/** What no film and no day reaches, in cents. */
const ENOUGH_CENTS = 1_000_000

/**
 * From a film's first offer until it was ready, in milliseconds: what engines and ladder took by their faster clock, whatever held
 * them up, and transfers and the orchestrator by the wall's.
 */
const tookMs = ({ history, reel }: Visit, times: number): number[] => {
  const offeredAt = history.find(({ state }) => state === 'rendering')?.at
  const readyAt = history.findLast(({ state }) => state === 'ready')?.at
  if (offeredAt === undefined || readyAt === undefined || !reel) return []
  const { fetch = 0, deliver = 0, ...made } = reel.report.stagesMs
  const scaled = Object.values(made).reduce((sum, ms) => sum + ms, 0)
  return [readyAt - offeredAt + (times - 1) * scaled]
}
const counted = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
const OrderLine = z.object({ state: z.string() })

export const startMix = async (fleet: Fleet, load: MixedLoad, nodes: number) => {
  const { mix, times, faultShare, finishWithinMs, seed } = load
  const engines = await startEngines({ mix, nodes, times, faultShare, seed })
  const clips = engines.clips.map((_, at) => join(fleet.folder, `shot-${at}.mp4`))
  await Promise.all(engines.clips.map((clip, at) => writeFile(clips[at] ?? '', clip)))
  const cloud = mix.some(({ engine }) => engine === 'model-studio')
  await createSettings({ redis: fleet.redis, eventId: fleet.eventId }).change({
    tiers: cloud ? ['cloud', 'cpu'] : ['cpu'],
    purposes: cloud ? ['make-film', 'cloud'] : ['make-film'],
    policy: {
      prefer: mix.map(({ engine }) => engine),
      redrawAbove: 0.35,
      finishWithinMs,
      ...(cloud && { budgetCents: ENOUGH_CENTS, dayBudgetCents: 1_000 * ENOUGH_CENTS }),
    },
  })
  const orphansOf = async ({ visitId }: Visit): Promise<number> => {
    const lines = await fleet.redis.call((client) => client.hGetAll(eventKey(fleet.eventId, 'orders', visitId)))
    const orders = Object.entries(lines).filter(([name]) => name !== 'spent')
    return orders.filter(([, json]) => OrderLine.parse(JSON.parse(json)).state === 'orphaned').length
  }
  let given = 0
  return {
    /** For a process of these nodes. */
    nodeOptions: (nodeIds: readonly string[]) => {
      const own = engines.nodes.slice(given, given + nodeIds.length)
      given += nodeIds.length
      const { referenceUrl } = engines
      const told: MixedNodes = { nodes: own, times, unlikeShare: faultShare, seed: seed + given, clips, referenceUrl }
      const tiers = cloud ? 'cloud,cpu' : 'cpu'
      const env = { FANREEL_MIX: JSON.stringify(told), FANREEL_NODE_TIERS: tiers, FANREEL_NODE_CLOUD_SLOTS: '1' }
      return { env, script: 'tests/load/mixed-nodes-main.ts' }
    },
    figures: async (visits: readonly Visit[]): Promise<MixFigures> => {
      const reports = visits.flatMap(({ reel }) => (reel ? [reel.report] : []))
      const passed = reports.flatMap(({ fallbacks = [] }) => fallbacks.map(({ engine, reason }) => `${engine} ${reason}`))
      const drawn = reports.flatMap(({ engines: by = {} }) =>
        Object.entries(by).flatMap(([engine, count]) => Array.from({ length: count }, () => engine)),
      )
      const orphans = await Promise.all(visits.map(orphansOf))
      const took = visits.flatMap((visit) => tookMs(visit, times))
      return {
        late: took.filter((ms) => ms > finishWithinMs).length,
        filmP50: rounded(quantile(took, 0.5) / 1_000, 0),
        filmP95: rounded(quantile(took, 0.95) / 1_000, 0),
        doublePaid: engines.doublePaid(),
        orphanedPaid: orphans.reduce((sum, count) => sum + count, 0),
        fallbacks: passed.length,
        fallbacksBy: counted(passed),
        shotsBy: counted(drawn),
      }
    },
    close: engines.close,
  }
}
