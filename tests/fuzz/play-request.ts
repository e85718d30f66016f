/** Sends a request over a connection of its own and looks at the answer: a status that fits, a refusal by code, or a closed connection. */
import { connect } from 'node:net'
import { Refusal } from '@fanreel/protocol'
import { type BentRequest, type Grounds, writeRequest } from './requests.ts'
import type { Tally } from './tally.ts'

/** What is whole is answered within this time on a busy machine; for more of what is not, nobody waits long. In milliseconds. */
const ANSWER_MS = 30_000
const PART_MS = 150
/** So much of an answer is read: pages and refusals whole, of films and news the beginning. */
const READ_BYTES = 65_536
/** What a server that is well may say of itself: it has too many listeners, or no room. */
const FITTING: ReadonlySet<number> = new Set([503, 507])

const exchange = (port: number, bytes: Buffer, whole: boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let read = 0
    const socket = connect({ port, host: '127.0.0.1' })
    const end = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(Buffer.concat(parts).toString('latin1'))
    }
    const timer = setTimeout(
      () => {
        if (whole && read === 0) reject(new Error('a whole request was never answered'))
        end()
      },
      whole ? ANSWER_MS : PART_MS,
    )
    socket.on('error', end)
    socket.on('close', end)
    socket.on('data', (part) => {
      parts.push(part)
      read += part.length
      const text = Buffer.concat(parts).toString('latin1')
      const headEnd = text.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? Number.NaN)
      // Of a stream, and of whatever names no length, the head is enough.
      if (
        Number.isNaN(length) ||
        read >= Math.min(headEnd + 4 + length, READ_BYTES) ||
        bytes.subarray(0, 4).toString() === 'HEAD'
      )
        end()
    })
    socket.write(bytes)
  })

/** @throws Error for an answer that must not be */
export const playRequest = async (port: number, request: BentRequest, grounds: Grounds, tally: Tally): Promise<void> => {
  const { bytes, whole } = writeRequest(request, grounds)
  const answer = await exchange(port, bytes, whole)
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? Number.NaN)
  tally.note(Number.isNaN(status) ? 'closed' : `http ${status}`)
  if (status >= 500 && !FITTING.has(status))
    throw new Error(`${bytes.subarray(0, 200).toString('latin1')}: answered with ${status}`)
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2)
  if (!(status >= 400) || !/content-type: application\/json/i.test(head) || !body.endsWith('}')) return
  if (!body.includes('"statusCode"') && !Refusal.safeParse(JSON.parse(body)).success) throw new Error(`answered with ${body}`)
  if (body.includes('"statusCode"')) throw new Error(`the framework itself answered: ${body}`)
}
