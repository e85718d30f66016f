/** The clips tests use: the project's own sample visitor, and real people where the media folder is there. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Folder of the sample visitor: visitor.webm, visitor.mp4, visitor-alpha.mkv. */
export const SAMPLE_VISITOR = resolve(root, 'ops/demo/sample-visitor')
/** Folder of real clips, outside the project; `MEDIA_MISSING` where it is not there. */
export const MEDIA = resolve(process.env.FANREEL_MEDIA ?? resolve(root, '../shared/media'))
export const MEDIA_MISSING = !existsSync(resolve(MEDIA, 'visitors'))
/** Belongs into the title of every test that is skipped without it. */
export const MEDIA_NOTE = MEDIA_MISSING ? ' (media folder missing)' : ''
