/**
 * A film's side of what it pays for: each step is written to the visit through the orchestrator, under the lease, before the engine
 * goes on (D12); and the clip that a cloud's model draws from, a few seconds without sound, is made and put once a film.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Offer, PaidStep, Refusal } from '@fanreel/protocol'
import type { Order, PaidWork, Reference } from './engines/paid-work.ts'
import { Refused } from './failure.ts'
import type { Link } from './link.ts'
import { cutReference } from './vision/reference-clip.ts'

type Lease = Pick<Offer, 'eventId' | 'renderId' | 'leaseToken'>

export const createPaidWork = (options: {
  lease: Lease
  /** Says a message until it is answered for good. */
  ask: Link['request']
  /** Absolute path of the visitor's clip. */
  clip: string
  /** The film's own: all its shots draw from one reference, whichever of them is let go of. */
  signal: AbortSignal
  /** Puts a reference, and answers where it may be read; an empty address where the store gives none. */
  putReference: (path: string, signal: AbortSignal) => Promise<string>
  /** Whether this node has let go of the film, and another will draw it. */
  goesOn: () => boolean
}): PaidWork => {
  const { lease, ask, clip, signal, putReference, goesOn } = options
  /** Who has asked for what: the same for each step of an order. */
  const nonces = new Map<string, string>()
  const nonceOf = ({ shot, attempt }: Order, anew: boolean): string => {
    const key = `${shot}/${attempt}`
    const nonce = (anew ? undefined : nonces.get(key)) ?? randomBytes(16).toString('hex')
    nonces.set(key, nonce)
    return nonce
  }
  const write = async (order: Order, step: PaidStep) => {
    const { shot, attempt, engine } = order
    const nonce = nonceOf(order, step.is === 'intent')
    const answer = await ask('render:order', { ...lease, shot, attempt, engine, nonce, step })
    if (!answer.ok) throw new Refused(answer as Refusal)
    return answer.standing
  }
  let reference: Promise<Reference> | undefined

  return {
    reference: ({ cast, scratch }) => {
      const make = async (): Promise<Reference> => {
        const path = join(scratch, 'reference.mp4')
        const seconds = await cutReference({ clip, cast, path, signal })
        return { url: await putReference(path, signal), seconds }
      }
      reference ??= make()
      // Another shot tries again.
      reference.catch(() => {
        reference = undefined
      })
      return reference
    },
    intend: async (order) => {
      const standing = await write(order, { is: 'intent', cents: order.cents })
      // Only steps after the first are answered so.
      if (standing.is === 'noted') throw new Error('an intent was not answered')
      return standing
    },
    placed: async (order, taskId) => void (await write(order, { is: 'placed', taskId })),
    ended: async (order, how) => void (await write(order, how)),
    goesOn,
  }
}
