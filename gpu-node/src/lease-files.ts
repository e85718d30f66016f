/**
 * A render's files on their way under its lease: addresses are asked for as they are needed, and again where one has run out or
 * leads nowhere just now (N14). None is given while the store is away, so that this waits for it.
 */
import { NODE_OBJECTS, type NodeObjectKind, type Offer, type RenderBrief } from '@fanreel/protocol'
import { Refused } from './failure.ts'
import type { Link } from './link.ts'
import { describeFile, TransferFailed, TransferRefused, uploadFile } from './transfer.ts'

/** How often an address is asked for, or a delivery made whole, before the attempt is given up. */
export const DELIVERY_TRIES = 3

export type StoredObject = { sha256: string; bytes: number }
export type Lease = Pick<Offer, 'eventId' | 'renderId' | 'leaseToken'>

const isTransferFault = (error: unknown): boolean => error instanceof TransferRefused || error instanceof TransferFailed

export type LeaseFiles = {
  /** Puts a file of the film into the store. @throws Refused where no address is given */
  put(kind: NodeObjectKind, path: string, signal: AbortSignal): Promise<StoredObject>
  /** Puts what a cloud's model draws from, and answers where it may be read; nowhere where the store is reached by us alone. */
  putReference(path: string, signal: AbortSignal): Promise<string>
  /** Fetches by what the brief says; by another brief where an address no longer leads there. */
  fetch<T>(first: RenderBrief, work: (brief: RenderBrief) => Promise<T>): Promise<T>
}

/**
 * @param options `ask` says a message until it is answered for good; `addressOf` makes an address whole
 */
export const createLeaseFiles = (options: {
  lease: Lease
  ask: Link['request']
  addressOf: (url: string) => string
}): LeaseFiles => {
  const { lease, ask, addressOf } = options
  return {
    put: async (kind, path, signal) => {
      const object = await describeFile(path)
      for (let tries = 1; ; tries++) {
        const answer = await ask('render:put', { ...lease, kind, ...object })
        if (!answer.ok) throw new Refused(answer)
        try {
          await uploadFile(addressOf(answer.url), path, NODE_OBJECTS[kind].mime, object.bytes, signal)
          return object
        } catch (error) {
          if (!isTransferFault(error) || tries >= DELIVERY_TRIES) throw error
        }
      }
    },
    putReference: async (path, signal) => {
      const object = await describeFile(path)
      const answer = await ask('render:put', { ...lease, kind: 'reference', ...object })
      if (!answer.ok) throw new Refused(answer)
      if (!answer.readUrl) return ''
      await uploadFile(addressOf(answer.url), path, NODE_OBJECTS.reference.mime, object.bytes, signal)
      return answer.readUrl
    },
    fetch: async (first, work) => {
      for (let tries = 1, brief = first; ; tries++) {
        try {
          return await work(brief)
        } catch (error) {
          if (!isTransferFault(error) || tries >= DELIVERY_TRIES) throw error
          const answer = await ask('render:brief', lease)
          if (!answer.ok) throw new Refused(answer)
          brief = answer
        }
      }
    },
  }
}
