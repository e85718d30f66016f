/** The clip tests of media use: the project's own sample visitor. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Folder of the sample visitor: visitor.webm, visitor.mp4, visitor-alpha.mkv. */
export const SAMPLE_VISITOR = resolve(root, 'ops/demo/sample-visitor')
