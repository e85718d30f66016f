/**
 * Whether the address in a visitor's code leads to a pickup page. The box asks it as a phone would, for a token that nobody has:
 * rule P1 of the orchestrator says what must come back.
 */
import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import type { Finding } from './finding.ts'

const name = 'pickup'
const ANSWER_MS = 8_000
/** The letters of a pickup token (Crockford's base 32), and how many it has. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TOKEN_LENGTH = 26
const NotHereYet = z.object({ kind: z.literal('not-here-yet') })

/** 128 bits by chance: nobody's token. The first letter holds three of them. */
const strangeToken = (): string =>
  [...randomBytes(TOKEN_LENGTH)].map((byte, index) => LETTERS[byte % (index === 0 ? 8 : LETTERS.length)]).join('')

const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || hostname.startsWith('127.')

/** Addresses that only the venue's own network knows (RFC 1918, RFC 4193, link-local), and names without a dot. */
const isPrivate = ({ hostname }: URL): boolean =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cde])/.test(hostname) ||
  hostname.endsWith('.local') ||
  (isIP(hostname) === 0 && !hostname.startsWith('[') && !hostname.includes('.'))

const answerOf = async (base: string): Promise<string | undefined> => {
  try {
    const answer = await fetch(new URL(`${strangeToken()}/state`, base), { signal: AbortSignal.timeout(ANSWER_MS) })
    const said = NotHereYet.safeParse(await answer.json().catch(() => undefined))
    return answer.ok && said.success ? undefined : `something else answers there (${answer.status})`
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    return cause instanceof Error ? cause.message || cause.name : 'no answer'
  }
}

/**
 * @param base what codes begin with, `https://film.example/v/`; undefined where the orchestrator did not say
 * @param orchestratorUrl by which the box reaches the orchestrator: where both are this machine, it is on trial
 */
export const pickupFinding = async (base: string | undefined, orchestratorUrl: string): Promise<Finding> => {
  if (base === undefined)
    return { name, outcome: 'warn', detail: 'not known: the orchestrator did not say', todo: 'See the line on the orchestrator.' }
  const url = new URL(base)
  const onTrial = isLoopback(new URL(orchestratorUrl))
  if (isLoopback(url) && !onTrial)
    return {
      name,
      outcome: 'fail',
      detail: `${base} leads each phone to itself`,
      todo: 'Give the orchestrator the address that phones reach as FANREEL_PUBLIC_URL.',
    }
  const amiss = await answerOf(base)
  if (amiss !== undefined)
    return {
      name,
      outcome: 'fail',
      detail: `${base}: ${amiss}`,
      todo: 'Codes would lead nowhere: look at FANREEL_PUBLIC_URL, its name, its certificate and the front door.',
    }
  if (isLoopback(url))
    return { name, outcome: 'warn', detail: `${base} answers on this machine alone`, todo: 'Good for a trial.' }
  if (isPrivate(url))
    return {
      name,
      outcome: 'warn',
      detail: `${base} answers phones in this network alone`,
      todo: 'Tell visitors which Wi-Fi to join, or give a public FANREEL_PUBLIC_URL.',
    }
  if (url.protocol !== 'https:')
    return {
      name,
      outcome: 'warn',
      detail: `${base} answers without https: phones neither share nor are told`,
      todo: 'Put a certificate on the front door and https into FANREEL_PUBLIC_URL.',
    }
  return { name, outcome: 'ok', detail: `${base} answers` }
}
