/** Sends the views of one watched visit down a socket: progress may be lost on a slow network, a state may not (V5). */
import type { VisitView } from '@fanreel/protocol'
import type { Socket } from 'socket.io'

const PROGRESSING: ReadonlySet<VisitView['state']> = new Set(['queued', 'rendering'])

/** Answers what to call with each newer view. What is dropped is only ever the progress of a state that was told for certain. */
export const createViewTeller = (socket: Pick<Socket, 'emit' | 'volatile'>): ((view: VisitView) => void) => {
  let toldSeq: number | undefined
  return (view) => {
    const onlyProgress = view.seq === toldSeq && PROGRESSING.has(view.state)
    toldSeq = view.seq
    const to = onlyProgress ? socket.volatile : socket
    to.emit('visit:changed', view)
  }
}
