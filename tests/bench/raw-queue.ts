/** The baseline of bench:dispatch: claim, extend and complete straight on BullMQ, by the calls its manual names for manual mode. */
import { createNodeRedisClient, Queue, Worker } from 'bullmq'
import { clientFor } from '../../orchestrator/src/queue/redis.ts'

export type RawQueue = {
  /** Takes the next job, extends its lock once and completes it; false where there is none. */
  turn(token: string): Promise<boolean>
  fill(count: number): Promise<void>
  close(): Promise<void>
}

const LEASE_MS = 30_000
const BATCH = 500

/** Over connections of the same kind as the orchestrator's: one for adding, one for the rest. */
export const openRawQueue = async (url: string): Promise<RawQueue> => {
  const clients = await Promise.all([clientFor(url), clientFor(url)].map((client) => client.connect()))
  const [producer, consumer] = clients.map((client) =>
    createNodeRedisClient(client as unknown as Parameters<typeof createNodeRedisClient>[0]),
  )
  if (!producer || !consumer) throw new Error('no connection')
  const name = `raw-${process.pid}`
  const defaultJobOptions = { removeOnComplete: { age: 86_400, count: 5_000 } }
  const queue = new Queue(name, { connection: producer, defaultJobOptions })
  const worker = new Worker(name, null, { connection: consumer, lockDuration: LEASE_MS })
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()])
  let filled = 0

  return {
    turn: async (token) => {
      const job = await worker.getNextJob(token, { block: false })
      if (!job) return false
      await job.extendLock(token, LEASE_MS)
      await job.moveToCompleted({ ok: 1 }, token, false)
      return true
    },
    fill: async (count) => {
      for (let at = 0; at < count; at += BATCH) {
        const jobs = Array.from({ length: Math.min(BATCH, count - at) }, () => ({ name: 'render', data: { at: filled++ } }))
        await queue.addBulk(jobs)
      }
    },
    close: async () => {
      await Promise.allSettled([worker.close(true), queue.close()])
      for (const client of clients) if (client.isOpen) client.destroy()
    },
  }
}
