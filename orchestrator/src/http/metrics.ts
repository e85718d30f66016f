/** What Prometheus may know: counts and times, never anything of a visitor. Rule A10. */
import type { ReelReport } from '@fanreel/protocol'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { S3Try } from '../media/s3/client.ts'

export type Metrics = {
  registry: Registry
  /** Answered requests by route pattern, method and status. */
  requests: Counter<'route' | 'method' | 'status'>
  /** How long an answer took, in seconds. */
  requestSeconds: Histogram<'route'>
  /** Messages on sockets by namespace, name and outcome: `ok` or a refusal's code. */
  messages: Counter<'namespace' | 'message' | 'outcome'>
  /** Pickup pages shown, by what they showed. */
  pickups: Counter<'shown'>
  /** Shots of accepted films, by the engine that drew them. */
  shots: Counter<'engine'>
  /** Engines that were passed over for a shot of an accepted film, by reason. */
  fallbacks: Counter<'engine' | 'reason'>
  /** Steps of what engines are paid for; `orphaned` may have been charged and was never seen. */
  paidOrders: Counter<'outcome'>
  /** What they have charged, in cents. */
  paidCents: Counter
  /** How long visitors waited for their film, against what they were told when it was queued. */
  waitRatio: Histogram
  /** By how much they were told too much or too little, in seconds. */
  waitError: Histogram
  /** How long the bucket's server took to begin its answers, in seconds. */
  storeSeconds: Histogram<'method'>
  /** Requests to it by method and outcome: `ok` or a fault's code. Each try counts. */
  storeRequests: Counter<'method' | 'outcome'>
  /** Requests that were said once more. */
  storeRetries: Counter<'method'>
  /** 1 while Redis has forgotten this event. */
  memoryLost: Gauge
}

export const createMetrics = (): Metrics => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'fanreel_' })
  return {
    registry,
    requests: new Counter({
      name: 'fanreel_http_requests_total',
      help: 'Answered requests',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'fanreel_http_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['route'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    messages: new Counter({
      name: 'fanreel_socket_messages_total',
      help: 'Answered messages on sockets',
      labelNames: ['namespace', 'message', 'outcome'],
      registers,
    }),
    shots: new Counter({ name: 'fanreel_shots_total', help: 'Shots of accepted films', labelNames: ['engine'], registers }),
    fallbacks: new Counter({
      name: 'fanreel_engine_fallbacks_total',
      help: 'Engines passed over for a shot',
      labelNames: ['engine', 'reason'],
      registers,
    }),
    paidOrders: new Counter({
      name: 'fanreel_paid_orders_total',
      help: 'Shots that engines are paid for, by what became of them',
      labelNames: ['outcome'],
      registers,
    }),
    paidCents: new Counter({ name: 'fanreel_paid_cents_total', help: 'Charged by engines, in cents', registers }),
    waitRatio: new Histogram({
      name: 'fanreel_wait_ratio',
      help: 'Wait for a film against the wait that was told',
      buckets: [0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 4],
      registers,
    }),
    waitError: new Histogram({
      name: 'fanreel_wait_error_seconds',
      help: 'How far the wait that was told was off',
      buckets: [1, 3, 10, 20, 30, 60, 120, 300],
      registers,
    }),
    storeSeconds: new Histogram({
      name: 'fanreel_s3_request_seconds',
      help: 'Time until the bucket begins to answer',
      labelNames: ['method'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
      registers,
    }),
    storeRequests: new Counter({
      name: 'fanreel_s3_requests_total',
      help: 'Requests to the bucket',
      labelNames: ['method', 'outcome'],
      registers,
    }),
    storeRetries: new Counter({
      name: 'fanreel_s3_retries_total',
      help: 'Requests to the bucket that were said once more',
      labelNames: ['method'],
      registers,
    }),
    memoryLost: new Gauge({ name: 'fanreel_memory_lost', help: '1 while Redis has forgotten this event', registers }),
    pickups: new Counter({ name: 'fanreel_pickup_pages_total', help: 'Pickup pages shown', labelNames: ['shown'], registers }),
  }
}

/** Counts who drew a film that was accepted, and who did not, and why (D6 of the node's rules). */
export const countDrawing =
  ({ shots, fallbacks }: Pick<Metrics, 'shots' | 'fallbacks'>) =>
  (report: Pick<ReelReport, 'engines' | 'fallbacks'>): void => {
    for (const [engine, count] of Object.entries(report.engines ?? {})) shots.inc({ engine }, count)
    for (const { engine, reason } of report.fallbacks ?? []) fallbacks.inc({ engine, reason })
  }

/** Counts a try of a request to the bucket. */
export const countStoreTry =
  ({ storeSeconds, storeRequests, storeRetries }: Pick<Metrics, 'storeSeconds' | 'storeRequests' | 'storeRetries'>) =>
  ({ method, ms, outcome, again }: S3Try): void => {
    storeSeconds.observe({ method }, ms / 1_000)
    storeRequests.inc({ method, outcome })
    if (again) storeRetries.inc({ method })
  }

/** Counts what is paid for, and what may have been paid for nothing (M4). */
export const countOrders =
  ({ paidOrders, paidCents }: Pick<Metrics, 'paidOrders' | 'paidCents'>) =>
  ({ outcome, cents }: { outcome: string; cents?: number }): void => {
    paidOrders.inc({ outcome })
    if (cents !== undefined) paidCents.inc(cents)
  }
