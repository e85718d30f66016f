import { type Floor, PROTOCOL_VERSION } from '@fanreel/protocol'
import { io } from 'socket.io-client'
import type { Installation } from './installation.ts'

/** The floor as an operator of the installation sees it now. */
export const floorOf = async ({
  url,
  eventId,
  operatorToken,
}: Pick<Installation, 'url' | 'eventId' | 'operatorToken'>): Promise<Floor> => {
  const socket = io(new URL('/operator', url).href, { transports: ['websocket'], forceNew: true })
  try {
    const hello = { protocol: PROTOCOL_VERSION, eventId, token: operatorToken }
    return (await socket.timeout(10_000).emitWithAck('operator:hello', hello)).floor
  } finally {
    socket.close()
  }
}
