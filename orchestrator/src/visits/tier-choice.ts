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
