import { describe, expect, it } from 'vitest'
import { allOrNone } from './all-or-none.ts'

describe('allOrNone', () => {
  it('answers all', async () =>
    expect(
      await allOrNone<[number, string]>(new AbortController().signal, () => [Promise.resolve(1), Promise.resolve('a')]),
    ).toEqual([1, 'a']))
  it('stops the others at the first fault, and tells it when they are gone', async () => {
    let gone = false
    const slow = (signal: AbortSignal) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () =>
          setImmediate(() => {
            gone = true
            reject(signal.reason)
          }),
        ),
      )
    const both = allOrNone(new AbortController().signal, (signal) => [slow(signal), Promise.reject(new Error('no pack'))])
    await expect(both).rejects.toThrow('no pack')
    expect(gone).toBe(true)
  })
  it('stops all when it is stopped', async () => {
    const stop = new AbortController()
    const waiting = allOrNone(stop.signal, (signal) => [
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ])
    stop.abort(new Error('draining'))
    await expect(waiting).rejects.toThrow('draining')
  })
})
