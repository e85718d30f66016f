/** Which render tier a visit is queued on. */
import type { NodeRow, RenderTier } from '@fanreel/protocol'

/**
 * The first of the event's tiers that the visitor permits and a node serves right now; where no node is online, the last
 * permitted one, since the plainest machine is the likeliest to come back. Undefined where none is permitted.
 */
export const chooseTier = (options: {
  tiers: readonly RenderTier[]
  nodes: readonly NodeRow[]
  permits: (tier: RenderTier) => boolean
}): RenderTier | undefined => {
  const permitted = options.tiers.filter(options.permits)
  const online = options.nodes.filter((node) => node.state === 'online')
  return permitted.find((tier) => online.some((node) => node.tiers.includes(tier))) ?? permitted.at(-1)
}

/** Another tier for a visit that waits on one that no node serves any more; undefined where it stays (Q11). Options as above. */
export const betterTier = (waitsOn: RenderTier, options: Parameters<typeof chooseTier>[0]): RenderTier | undefined => {
  const isServed = (tier: RenderTier) => options.nodes.some(({ state, tiers }) => state === 'online' && tiers.includes(tier))
  if (isServed(waitsOn)) return undefined
  const chosen = chooseTier(options)
  return chosen !== undefined && chosen !== waitsOn && isServed(chosen) ? chosen : undefined
}
