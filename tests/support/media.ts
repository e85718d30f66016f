/** Where clips for tests are: real people in the media folder (never part of the project), our own sample visitor always. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const mediaFolder = process.env.FANREEL_MEDIA ?? join(root, '..', 'shared', 'media')
export const hasMedia = existsSync(mediaFolder)
/** For the title of a test that needs it. */
export const needsMedia = hasMedia ? '' : ' (media folder missing)'
export const visitorClip = (name: string): string => join(mediaFolder, 'visitors', name)
export const awkwardClip = (name: string): string => join(mediaFolder, 'awkward', name)
export const sampleVisitor = join(root, 'ops', 'demo', 'sample-visitor', 'visitor.webm')
