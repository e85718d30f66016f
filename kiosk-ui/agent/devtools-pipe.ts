/** Chromium's devtools protocol over the two pipes of `--remote-debugging-pipe`: nobody else on the machine can reach it. */
import type { Readable, Writable } from 'node:stream'

type Answer = { id?: number; result?: Record<string, unknown>; error?: { message: string } }

export type Devtools = {
  /** @throws Error with the browser's own words, or when it does not answer in time */
  ask(method: string, params: object, options: { timeoutMs: number; sessionId?: string }): Promise<Record<string, unknown>>
}

/** @param pipes `write` is the browser's file descriptor 3, `read` its 4; messages end in a zero byte */
export const openDevtools = (pipes: { write: Writable; read: Readable }): Devtools => {
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0
  let rest = ''
  pipes.read.setEncoding('utf8')
  pipes.read.on('data', (text: string) => {
    const parts = (rest + text).split('\0')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const answer = JSON.parse(part) as Answer
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
    }
  })
  // A browser that dies takes its pipes along: whoever asked hears by the time.
  for (const pipe of [pipes.read, pipes.write]) pipe.on('error', () => undefined)

  return {
    ask: (method, params, { timeoutMs, sessionId }) =>
      new Promise((resolve, reject) => {
        const id = ++last
        const timer = setTimeout(() => {
          waiting.delete(id)
          reject(new Error(`${method}: no answer`))
        }, timeoutMs)
        waiting.set(id, ({ result, error }) => {
          clearTimeout(timer)
          waiting.delete(id)
          if (error) reject(new Error(error.message))
          else resolve(result ?? {})
        })
        pipes.write.write(`${JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) })}\0`)
      }),
  }
}
