/** How many films were accepted once too often, by what the orchestrators have counted and what the visits remember. */
import type { Visit } from '../../orchestrator/src/visits/visit.ts'
import type { Fleet } from './fleet.ts'

/** Accepted results are counted for their nodes, whoever accepted them: more of them than films is one too many. */
export const doubledRenders = async (fleet: Pick<Fleet, 'redis' | 'eventId'>, visits: readonly Visit[]): Promise<number> => {
  const counts = await fleet.redis.call((client) => client.hGetAll(`fanreel:{${fleet.eventId}}:node-counts`))
  const accepted = Object.entries(counts).reduce((sum, [field, count]) => sum + (field.endsWith(':done') ? Number(count) : 0), 0)
  const films = visits.filter((visit) => visit.reel !== undefined).length
  const again = visits.filter((visit) => visit.history.filter((step) => step.state === 'ready').length > 1).length
  return Math.max(0, accepted - films) + again
}
