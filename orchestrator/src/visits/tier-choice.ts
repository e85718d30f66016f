/** Which render tier a visit is queued on, and whether it is well there while it waits (Q11). */
import type { NodeRow, RenderTier } from '@fanreel/protocol'
import type { Settings } from '../event/event-settings.ts'
import type { Visit } from './visit.ts'

type Choice = {
  /** The event's tiers, best first. */
  tiers: readonly RenderTier[]
  nodes: readonly NodeRow[]
  permits: (tier: RenderTier) => boolean
}

const isServed = (tier: RenderTier, nodes: readonly NodeRow[]): boolean =>
  nodes.some((node) => node.state === 'online' && node.tiers.includes(tier))

/**
 * The first of the event's tiers that the visitor permits and a node serves right now; where no node is online, the last
 * permitted one, since the plainest machine is the likeliest to come back. Undefined where none is permitted.
 */
export const chooseTier = ({ tiers, nodes, permits }: Choice): RenderTier | undefined => {
  const permitted = tiers.filter(permits)
  return permitted.find((tier) => isServed(tier, nodes)) ?? permitted.at(-1)
}

/** Another tier for a visit that waits on one that no node serves any more; undefined where it stays. */
export const betterTier = (waitsOn: RenderTier, choice: Choice): RenderTier | undefined => {
  if (isServed(waitsOn, choice.nodes)) return undefined
  const chosen = chooseTier(choice)
  return chosen !== undefined && isServed(chosen, choice.nodes) ? chosen : undefined
}

export type TierChoice = {
  /** For a visit that is to be queued; undefined where it permits none. */
  of(visit: Visit): Promise<RenderTier | undefined>
  /** One look at who works where, for many visits that wait: on which tier each should wait instead, if on any. */
  look(): Promise<(visit: Visit) => RenderTier | undefined>
}

export const createTierChoice = (options: {
  settings: Pick<Settings, 'read'>
  nodes: () => Promise<NodeRow[]>
  permits: (visit: Visit, tier: RenderTier) => boolean
}): TierChoice => {
  const choiceFor = async () => {
    const [{ tiers }, nodes] = await Promise.all([options.settings.read(), options.nodes()])
    return (visit: Visit): Choice => ({ tiers, nodes, permits: (tier) => options.permits(visit, tier) })
  }
  return {
    of: async (visit) => chooseTier((await choiceFor())(visit)),
    look: async () => {
      const choice = await choiceFor()
      return (visit) => visit.render && betterTier(visit.render.tier, choice(visit))
    },
  }
}
