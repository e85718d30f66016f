/** The worker that looks at the live picture, so that no touch waits for a network to be computed. */
import { type FaceFinder, openFaceFinder } from './face-finder.ts'
import type { GuideAnswer, GuideRequest } from './worker-messages.ts'

type Scope = { onmessage: ((event: MessageEvent<GuideRequest>) => void) | null; postMessage(answer: GuideAnswer): void }
const scope = self as unknown as Scope

const FOLDER = new URL('/generated/vision', self.location.origin).href

const look = async (find: FaceFinder, picture: ImageBitmap): Promise<void> => {
  try {
    scope.postMessage({ kind: 'look', look: await find(picture) })
  } catch (fault) {
    scope.postMessage({ kind: 'blind', reason: String(fault) })
  } finally {
    picture.close()
  }
}

openFaceFinder(FOLDER).then(
  (find) => {
    scope.onmessage = ({ data }) => void look(find, data.picture)
    scope.postMessage({ kind: 'ready' })
  },
  (fault: unknown) => scope.postMessage({ kind: 'failed', reason: String(fault) }),
)
