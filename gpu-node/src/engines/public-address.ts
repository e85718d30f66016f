/** Whether an address can be fetched by a service on the internet, judged by its looks; and whether it lies on this very machine. */
import { isIP } from 'node:net'

/** This machine: where contract servers stand. */
export const isLoopback = (url: string): boolean => {
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: '' }
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)
}

/** Names that no public resolver knows (RFC 6761, RFC 6762, RFC 8375, and what installations use besides). */
const OWN_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|home\.arpa|corp|test)$/i
/** Networks of one's own (RFC 1918, RFC 6598), this machine and its link (RFC 1122, RFC 3927). */
const OWN_NETWORK = /^(0|10|127)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./

/** Why a service on the internet cannot fetch this; nothing where it may. */
export const unreachableBecause = (url: string): string | undefined => {
  if (!URL.canParse(url))
    return 'the media store lies behind the front door and gives no address of its own: an event with a cloud engine needs S3'
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'https:') return `the media store's addresses are not https (${hostname})`
  const address = hostname.replace(/^\[|\]$/g, '')
  if (isIP(address) === 6 || OWN_NETWORK.test(address) || OWN_NAME.test(hostname) || (!isIP(address) && !hostname.includes('.')))
    return `the media store's address ${hostname} leads nowhere outside`
  return undefined
}
