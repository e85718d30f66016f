/**
 * Plays one visitor through the real chain, as a kiosk does: by the kiosk's own uploader, with a consent receipt, and with the
 * pickup code on the screen before the film is begun.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, stat } from 'node:fs/promises'
import { dirname, extname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { type ClipMime, connectUploader, KioskRefusal, newVisitKeys, type Uploader } from '@fanreel/kiosk-ui/uploader'
import { CLIP_WORDS, ClipCode, END_STATES, MAX_CLIP_BYTES, type VisitView } from '@fanreel/protocol'
import { DemoFault } from './fault.ts'
import { EVENT_ID, type Installation } from './installation.ts'
import { PEERS } from './tokens.ts'

const CONSENT_TEXT = 'This clip is mine or of my own making, and a film may be made of it on this machine.'
const LANGUAGE = 'en'

const MIMES: Record<string, ClipMime> = {
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mkv': 'video/x-matroska',
  '.mov': 'video/quicktime',
}

export type Visitor = { clip: string; packId: string; firstName: string | undefined; out: (visitId: string) => string }

export type Outcome =
  | { state: 'ready'; visitId: string; pickupUrl: string; reel: string; uploadMs: number; totalMs: number }
  /** The clip cannot become a film; `message` is what the visitor reads. */
  | { state: 'refused'; visitId: string; code: ClipCode; message: string }

export type Watcher = {
  /** The pickup code may be shown: nothing has been sent yet. */
  onPickup(pickupUrl: string): Promise<void>
  onSent(fraction: number): void
  onView(view: VisitView): void
}

/** Resolves with the visit once it is ready or can no longer become so by itself. */
const watchToEnd = (uploader: Uploader, visitId: string, onView: (view: VisitView) => void): Promise<VisitView> =>
  new Promise((resolve) => {
    const stop = uploader.watch(visitId, (view) => {
      onView(view)
      if (view.state !== 'ready' && view.state !== 'failed' && view.state !== 'held' && !END_STATES.has(view.state)) return
      // The first snapshot may come before the way to stop does.
      queueMicrotask(() => stop())
      resolve(view)
    })
  })

/** Saves the film from its pickup address, whole or not at all. @throws DemoFault when it is not served */
const saveReel = async (address: string, out: string): Promise<void> => {
  const response = await fetch(`${address}/reel?download=1`)
  if (!response.ok || !response.body) throw new DemoFault(`The pickup page does not give the film: HTTP ${response.status}`)
  await mkdir(dirname(out), { recursive: true })
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(`${out}.part`))
  await rename(`${out}.part`, out)
}

const refused = (visitId: string, code: string): Outcome => {
  const clipCode = ClipCode.safeParse(code)
  if (!clipCode.success) throw new DemoFault(`The film came to nothing: ${code} (visit ${visitId}; logs in .fanreel/demo/logs)`)
  return { state: 'refused', visitId, code: clipCode.data, message: CLIP_WORDS[LANGUAGE][clipCode.data] }
}

/** @throws DemoFault when the installation fails the visitor */
export const playVisitor = async (installation: Installation, visitor: Visitor, watcher: Watcher): Promise<Outcome> => {
  const { visitId, pickupToken } = newVisitKeys()
  // Looked at before it is read: a file of gigabytes does not fit into memory.
  const { size } = await stat(visitor.clip)
  const uploader = connectUploader({
    url: installation.origin,
    eventId: EVENT_ID,
    kioskId: PEERS.visitor.id,
    token: installation.tokens.visitor,
    version: 'demo',
    holding: () => [visitId],
  })
  try {
    const { pickupBase } = await uploader.online()
    const pickupUrl = `${pickupBase}${pickupToken}`
    await watcher.onPickup(pickupUrl)
    const begun = performance.now()
    await uploader.start({
      visitId,
      pickupToken,
      packId: visitor.packId,
      language: LANGUAGE,
      ...(visitor.firstName === undefined ? {} : { firstName: visitor.firstName }),
      consent: {
        textSha256: createHash('sha256').update(CONSENT_TEXT).digest('hex'),
        language: LANGUAGE,
        agreedAt: Date.now(),
        kioskId: PEERS.visitor.id,
        purposes: ['make-film'],
        ofAgeOrGuardian: true,
      },
    })
    if (size === 0 || size > MAX_CLIP_BYTES) {
      // There is nothing to send, or too much: the kiosk itself sees that the recording failed.
      await uploader.cancel(visitId)
      return refused(visitId, size === 0 ? 'clip-unreadable' : 'clip-too-large')
    }
    const source = await readFile(visitor.clip)
    const mime = MIMES[extname(visitor.clip).toLowerCase()] ?? 'application/octet-stream'
    await uploader.send({ visitId, source, mime, onProgress: ({ fraction }) => watcher.onSent(fraction) })
    const uploadMs = Math.round(performance.now() - begun)
    const last = await watchToEnd(uploader, visitId, (view) => watcher.onView(view))
    if (last.state !== 'ready') return refused(visitId, last.code ?? last.state)
    const totalMs = Math.round(performance.now() - begun)
    const reel = visitor.out(visitId)
    await saveReel(`${installation.origin}/v/${pickupToken}`, reel)
    return { state: 'ready', visitId, pickupUrl, reel, uploadMs, totalMs }
  } catch (error) {
    if (error instanceof KioskRefusal) return refused(visitId, error.code)
    throw error
  } finally {
    uploader.close()
  }
}
