import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startChild } from './child.ts'
import { startOnFramePipe } from './frame-pipe.ts'

const shell = (script: string, stdout: number) =>
  startChild({ program: '/bin/sh', arguments: ['-c', script], readable: [], writable: [] }, { timeoutMs: 20_000, stdout })

/** Descriptors that this process holds open. */
const held = () => readdirSync('/proc/self/fd').length

describe('a pipe of frames', () => {
  it('brings whole frames in the memory it was given, in order, and drops a broken last one', async () => {
    // 100,000 bytes a frame: no multiple of what a pipe holds.
    const script = 'for i in 1 2 3; do head -c 100000 /dev/zero | tr "\\0" $i; done; printf 12345'
    const { child, frames } = await startOnFramePipe((stdout) => shell(script, stdout))
    const rooms = [new Uint8Array(100_000), new Uint8Array(100_000)] as const
    let asked = 0
    const seen: string[] = []
    for await (const frame of frames(100_000, () => Promise.resolve(rooms[asked++ % 2 === 0 ? 0 : 1]))) {
      expect(rooms).toContain(frame)
      seen.push(new TextDecoder().decode(new Uint8Array([frame[0] ?? 0, frame[65_536] ?? 0, frame[99_999] ?? 0])))
    }
    expect(seen).toEqual(['111', '222', '333'])
    expect(await child.ended).toMatchObject({ code: 0 })
  })

  it('waits for whoever reads: a child writes no more than the pipe holds', async () => {
    const { child, frames } = await startOnFramePipe((stdout) => shell('head -c 400000 /dev/zero; echo written >&2', stdout))
    const reading = frames(1_000, () => Promise.resolve(new Uint8Array(1_000)))
    await reading.next()
    let ended = false
    void child.ended.then(() => {
      ended = true
    })
    let count = 1
    while (!(await reading.next()).done) {
      count++
      if (count === 200) expect(ended).toBe(false)
    }
    expect(count).toBe(400)
    expect((await child.ended).stderr).toContain('written')
  })

  it('stopped early it ends the child and holds nothing open', async () => {
    const before = held()
    const { child, frames } = await startOnFramePipe((stdout) => shell('cat /dev/zero', stdout))
    for await (const frame of frames(10_000, () => Promise.resolve(new Uint8Array(10_000)))) {
      expect(frame.length).toBe(10_000)
      break
    }
    await child.ended
    await expect.poll(held).toBe(before)
  })

  it('holds nothing open where the child could not be started', async () => {
    const before = held()
    await expect(startOnFramePipe(() => Promise.reject(new Error('no process')))).rejects.toThrow('no process')
    expect(held()).toBe(before)
  })
})
