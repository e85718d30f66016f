/**
 * What a node has written down of shots that cost money: only under its lease, only for a visitor whose consent names the cloud, only
 * within the event's budget (M1-M3).
 */
import { type NodeId, type PaidOrder, type PaidStanding, type Refusal, refuse } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Settings } from '../event/event-settings.ts'
import { permitsRender } from '../privacy/consent.ts'
import type { OrderBook, Written } from '../visits/order-book.ts'
import { isRefusal } from '../visits/visit-state.ts'
import type { LeaseGuard } from './lease-guard.ts'

export type PaidOrders = {
  order(nodeId: NodeId, order: PaidOrder): Promise<{ ok: true; standing: PaidStanding } | Refusal>
}

/** What of an order is counted (M4). */
export type OrderCount = { outcome: NonNullable<Written['counts']>; cents?: number }

export const createPaidOrders = (options: {
  guard: Pick<LeaseGuard, 'open'>
  book: OrderBook
  settings: Pick<Settings, 'read'>
  count: (count: OrderCount) => void
  log: Logger
}): PaidOrders => {
  const { guard, book, settings, count, log } = options
  return {
    order: async (nodeId, order) => {
      const current = await guard.open(nodeId, order)
      if (isRefusal(current)) return current
      const { visit } = current
      const { visitId, clip } = visit
      if (!clip) return refuse('object-unknown')
      const { shot, attempt, nonce, step } = order
      const line = { visitId, clipSha256: clip.sha256, shot, attempt, nonce }
      // Both hops ask for it: the tier when the work is claimed (E1), the purpose here, before a cent is spent (M3).
      if (step.is === 'intent' && !permitsRender(visit, 'cloud'))
        return { ok: true, standing: { is: 'refused', reason: 'no-consent' } }
      const { policy } = await settings.read()
      const limits = { visitCents: policy.budgetCents ?? 0, dayCents: policy.dayBudgetCents ?? 0 }
      const written = step.is === 'intent' ? await book.intend(line, step.cents, limits) : await book.note(line, step)
      const { counts: outcome, cents, standing } = written
      if (outcome) {
        count({ outcome, ...(cents !== undefined && { cents }) })
        const facts = { visitId, jobId: order.renderId, nodeId, shot, engine: order.engine, outcome, cents }
        if (outcome === 'orphaned') log.warn(facts, 'a paid shot is orphaned')
        else log.info(facts, 'paid shot')
      }
      return { ok: true, standing }
    },
  }
}
