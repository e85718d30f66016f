/** Which engine draws a shot: the event's preference first, and the next whenever one cannot. The studio is always last. */
import type { Code, EngineName, EnginePolicy } from '@fanreel/protocol'
import { failureOf } from '../failure.ts'
import type { DrawnShot, Engine, ShotRequest, Take } from './engine.ts'

/** Why an engine did not draw a shot: `reason` for whoever sits before it, `code` for logs, which hold no paths. */
export type Fallback = { shot: string; engine: EngineName; code: Code; reason: string }

/** The engines to try for an event, in order. Those that are not on this node are left out. */
export const engineOrder = (engines: readonly Engine[], policy: Pick<EnginePolicy, 'prefer'>): Engine[] => {
  const preferred = policy.prefer.flatMap((name) => engines.filter((engine) => engine.capabilities.name === name))
  const studio = engines.filter((engine) => engine.capabilities.name === 'studio')
  return [...new Set([...preferred, ...studio])]
}

/** Draws a shot by the first engine that can. Throws the last engine's fault, or the signal's reason on abort. */
export const drawWithFallback = async (
  order: readonly Engine[],
  request: ShotRequest,
  onFallback: (fallback: Fallback) => void,
  /** Makes what an engine answers pictures of the film; where it cannot, the engine has failed. */
  fit: (take: Take, request: ShotRequest) => Promise<DrawnShot>,
): Promise<DrawnShot> => {
  let fault: unknown = new Error('no engine draws this treatment')
  for (const engine of order) {
    request.signal.throwIfAborted()
    if (!engine.capabilities.treatments.includes(request.shot.treatment)) continue
    try {
      return await fit(await engine.renderShot(request), request)
    } catch (error) {
      if (request.signal.aborted) throw error
      fault = error
      onFallback({
        shot: request.shot.id,
        engine: engine.capabilities.name,
        code: failureOf(error, 'draw').code,
        reason: error instanceof Error ? error.message : String(error),
      })
    }
  }
  throw fault
}
