/** What Prometheus may know: counts and times, never anything of a visitor. Rule A10. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

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
    memoryLost: new Gauge({ name: 'fanreel_memory_lost', help: '1 while Redis has forgotten this event', registers }),
    pickups: new Counter({ name: 'fanreel_pickup_pages_total', help: 'Pickup pages shown', labelNames: ['shown'], registers }),
  }
}
