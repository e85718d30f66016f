/** A book of paid orders in memory, and a visitor's reference on loopback: what a node and its orchestrator are to a paid engine. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PaidStanding } from '@fanreel/protocol'
import type { Order, PaidWork } from './paid-work.ts'

const REFERENCE_SECONDS = 2

/** Writes a reference into `folder` and serves it. */
export const serveReference = async (folder: string) => {
  const file = join(folder, 'reference.mp4')
  const input = ['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=96x160:rate=10:duration=${REFERENCE_SECONDS}`]
  await promisify(execFile)('ffmpeg', [...input, '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', '-y', file])
  const bytes = await readFile(file)
  const http = createServer((_, response) => void response.end(bytes))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    reference: { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/reference.mp4`, seconds: REFERENCE_SECONDS },
    close: () => {
      http.closeAllConnections()
      return new Promise((resolve) => http.close(resolve))
    },
  }
}

type Entry = { taskId?: string; ended?: 'paid' | 'free' | 'unknown'; cents: number }
const keyOf = ({ shot, attempt }: Order) => `${shot}/${attempt}`

type Book = {
  entries: Map<string, Entry>
  /** What was written, in order. */
  told: string[]
  /** What an intent is answered with, whatever stands in the book. */
  refuse: Extract<PaidStanding, { is: 'refused' }>['reason'] | undefined
  /** Whether another node goes on. */
  anotherGoesOn: boolean
  paid: PaidWork
}

/** @param reference what the engine is told to draw from */
export const createBook = (reference: { url: string; seconds: number }) => {
  const entries = new Map<string, Entry>()
  const told: string[] = []
  const book: Book = {
    entries,
    told,
    refuse: undefined,
    anotherGoesOn: false,
    paid: {
      reference: () => Promise.resolve(reference),
      intend: (order) => {
        told.push('intent')
        if (book.refuse) return Promise.resolve({ is: 'refused', reason: book.refuse })
        const known = entries.get(keyOf(order))
        if (known?.taskId && known.ended !== 'free') return Promise.resolve({ is: 'placed', taskId: known.taskId })
        if (known && known.ended !== 'free') return Promise.resolve({ is: 'refused', reason: 'orphaned' })
        entries.set(keyOf(order), { cents: order.cents })
        return Promise.resolve({ is: 'go' })
      },
      placed: (order, taskId) => {
        told.push('placed')
        entries.set(keyOf(order), { ...entries.get(keyOf(order)), cents: order.cents, taskId })
        return Promise.resolve()
      },
      ended: (order, how) => {
        told.push(how.is)
        const cents = how.is === 'paid' ? how.cents : how.is === 'free' ? 0 : order.cents
        entries.set(keyOf(order), { ...entries.get(keyOf(order)), ended: how.is, cents })
        return Promise.resolve()
      },
      goesOn: () => book.anotherGoesOn,
    },
  }
  return book
}
