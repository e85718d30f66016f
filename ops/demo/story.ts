/** What the orchestrator tells an operator about one visit: how alike the film is, its shots and how long each stage took. */
import { operatorMessages, PROTOCOL_VERSION, type VisitStory } from '@fanreel/protocol'
import { io } from 'socket.io-client'
import { DemoFault } from './fault.ts'

const ANSWER_MS = 10_000

type Question = 'operator:hello' | 'visit:find'

/** @throws DemoFault when the orchestrator refuses */
export const visitStory = async (origin: string, eventId: string, token: string, visitId: string): Promise<VisitStory> => {
  const socket = io(`${origin}/operator`, { transports: ['websocket'], forceNew: true })
  const ask = async (question: Question, request: object): Promise<unknown> => {
    const answer = await socket.timeout(ANSWER_MS).emitWithAck(question, request)
    if (answer.ok === true) return answer
    throw new DemoFault(`The orchestrator refused ${question}: ${answer.code}`)
  }
  try {
    await ask('operator:hello', { protocol: PROTOCOL_VERSION, eventId, token })
    const parsed = operatorMessages['visit:find'].answer.parse(await ask('visit:find', { eventId, visitId }))
    if (!parsed.ok) throw new DemoFault(`The orchestrator refused visit:find: ${parsed.code}`)
    return parsed.story
  } finally {
    socket.disconnect()
  }
}
