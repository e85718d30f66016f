/**
 * A pipe that brings raw pictures from a child into memory that is there already. Node's own child streams take a new
 * buffer for every 64 kB: half a gigabyte for one clip, with the collector at work all the while (measured: twice the
 * processor time of reading into one buffer, before any collection).
 */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, constants, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Child } from './child.ts'

/** What one read brings at most: a pipe of Linux holds as much. */
const CHUNK = 65_536

/** A pipe's two ends. Linux gives a Node program no other way to one than a named pipe, which loses its name at once. */
const twoEnds = async (): Promise<{ readEnd: number; writeEnd: number }> => {
  const path = join(tmpdir(), `fanreel-${randomUUID()}.pipe`)
  await promisify(execFile)('mkfifo', ['-m', '600', path])
  try {
    // While nobody writes only a reader that does not wait gets in.
    const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return { readEnd, writeEnd: openSync(path, constants.O_WRONLY) }
    } catch (error) {
      closeSync(readEnd)
      throw error
    }
  } finally {
    await rm(path, { force: true })
  }
}

/** What the pipe brings, piece by piece, all in one memory: each is overwritten by the next. */
async function* pieces(readEnd: number): AsyncGenerator<Uint8Array, void> {
  const chunk = new Uint8Array(CHUNK)
  let came = 0
  let over = false
  let fault: Error | undefined
  let wake: (() => void) | undefined
  const callback = (length: number): boolean => {
    came = length
    wake?.()
    // No more until this has been taken.
    return false
  }
  // The types know it of `connect` alone; Node's documentation has it for the constructor too.
  const options: SocketConstructorOpts & Pick<ConnectOpts, 'onread'> = {
    fd: readEnd,
    writable: false,
    onread: { buffer: chunk, callback },
  }
  const socket = new Socket(options)
  const end = () => {
    over = true
    wake?.()
  }
  socket.once('end', end).once('close', end)
  socket.once('error', (error) => {
    fault = error
  })
  try {
    while (!over) {
      await new Promise<void>((resolve) => {
        wake = resolve
        socket.resume()
      })
      if (came > 0) yield chunk.subarray(0, came)
      came = 0
    }
    if (fault) throw fault
  } finally {
    socket.destroy()
  }
}

async function* framesOf(readEnd: number, bytes: number, room: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let filled = 0
  let frame: Uint8Array = new Uint8Array(0)
  for await (const piece of pieces(readEnd)) {
    for (let at = 0; at < piece.length; ) {
      if (filled === 0) frame = await room()
      const taken = Math.min(bytes - filled, piece.length - at)
      frame.set(piece.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled < bytes) continue
      filled = 0
      yield frame
    }
  }
}

/** A child, and the frames it writes to its stdout. */
export type FrameChild = {
  child: Child
  /**
   * The frames, `bytes` each, as they come; what is left of a broken last one is dropped. `room` says where the next one
   * goes. Ends with the child; stopping early shuts the pipe. To be called once: until then the pipe stays open.
   */
  frames(bytes: number, room: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array, void>
}

/** Starts a child on such a pipe. `start` gets the descriptor that is to be its stdout; throws what `start` throws. */
export const startOnFramePipe = async (start: (stdout: number) => Promise<Child>): Promise<FrameChild> => {
  const { readEnd, writeEnd } = await twoEnds()
  try {
    const child = await start(writeEnd)
    return { child, frames: (bytes, room) => framesOf(readEnd, bytes, room) }
  } catch (error) {
    closeSync(readEnd)
    throw error
  } finally {
    // The child holds its own; while this one were open the pipe would never end.
    closeSync(writeEnd)
  }
}
