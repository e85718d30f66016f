/**
 * The push services that phones name as theirs. An address comes from a stranger's browser and we send to it from inside
 * the venue's network, so only the services that browsers really use are believed.
 */
import { z } from 'zod'

/** What a browser hands over, of `PushSubscription.toJSON()`. */
export const PushSubscription = z.object({
  endpoint: z.url().max(2_000),
  keys: z.object({
    p256dh: z.string().regex(/^[\w-]{86,88}=?$/),
    auth: z.string().regex(/^[\w-]{21,23}={0,2}$/),
  }),
})
export type PushSubscription = z.infer<typeof PushSubscription>

/**
 * Whether an endpoint lies at one of `services`.
 * @param services origins; `https://*.push.apple.com` stands for every host below
 */
export const isPushService = (endpoint: string, services: readonly string[]): boolean => {
  const { protocol, hostname, port, origin, username } = new URL(endpoint)
  if (username !== '') return false
  return services.some((service) => {
    const below = /^https:\/\/\*(\.[a-z0-9.-]+)$/.exec(service)?.[1]
    if (below === undefined) return origin === service
    return protocol === 'https:' && port === '' && hostname.endsWith(below)
  })
}
