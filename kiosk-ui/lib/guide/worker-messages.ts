/** What the page and the worker of the guide say to each other. */
import type { Look } from './look.ts'

/** What the page asks of the worker, and what it hears. A picture that was sent is closed by the worker. */
export type GuideRequest = { picture: ImageBitmap }
export type GuideAnswer =
  | { kind: 'ready' }
  | { kind: 'look'; look: Look }
  /** One look failed. */
  | { kind: 'blind'; reason: string }
  /** There will be none: the networks did not load. */
  | { kind: 'failed'; reason: string }
