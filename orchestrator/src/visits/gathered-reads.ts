/**
 * Reads visits as they are now, several callers by one look: a film's three objects arrive within moments of each other, and
 * each wants to know whether its visit is still there. A look begins after everyone who shares it has asked.
 */
import type { VisitId } from '@fanreel/protocol'
import type { Visit } from './visit.ts'

/** How long the first who asks waits for others, in milliseconds. */
const GATHER_MS = 20

export const gatherReads = (
  readMany: (visitIds: readonly VisitId[]) => Promise<Visit[]>,
): ((visitId: VisitId) => Promise<Visit | undefined>) => {
  let asked = new Set<VisitId>()
  let look: Promise<Map<VisitId, Visit>> | undefined
  const gather = async () => {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
    const visitIds = [...asked]
    asked = new Set()
    look = undefined
    return new Map((await readMany(visitIds)).map((visit) => [visit.visitId, visit]))
  }
  return async (visitId) => {
    asked.add(visitId)
    look ??= gather()
    return (await look).get(visitId)
  }
}
