/** A visitor at a kiosk, without the screen: the kiosk's own uploader with a clip from a file. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { connectUploader, newVisitKeys, type Uploader } from '@fanreel/kiosk-ui/uploader'
import type { ConsentPurpose, Language, VisitState, VisitView } from '@fanreel/protocol'
import type { Installation } from './installation.ts'

export type VisitorOptions = {
  clip: string | Uint8Array
  firstName?: string
  language?: Language
  packId?: string
  /** What the visitor agrees to; the making of the film alone where nothing else is named. */
  purposes?: ConsentPurpose[]
}

export type Visitor = {
  visitId: string
  pickupToken: string
  pickupUrl: string
  /** Every state the kiosk was told of, in order, each once. */
  states: VisitState[]
  views: VisitView[]
  latest(): VisitView | undefined
  /** Resolves with the first view for which `wanted` holds, seen or to come. */
  until(wanted: (view: VisitView) => boolean, timeoutMs?: number): Promise<VisitView>
}

export const openKiosk = (installation: Installation): Uploader =>
  connectUploader({
    url: installation.url,
    eventId: installation.eventId,
    kioskId: installation.kioskId,
    token: installation.kioskToken,
    version: 'test',
  })

export const isOver = (view: VisitView): boolean =>
  !['started', 'recorded', 'uploading', 'queued', 'rendering'].includes(view.state)

/** Announces a visit. */
export const startVisit = async (
  kiosk: Uploader,
  kioskId: string,
  options: Omit<VisitorOptions, 'clip'>,
): Promise<ReturnType<typeof newVisitKeys>> => {
  const keys = newVisitKeys()
  const language = options.language ?? 'en'
  await kiosk.start({
    ...keys,
    packId: options.packId ?? 'figure-skating',
    language,
    ...(options.firstName !== undefined && { firstName: options.firstName }),
    consent: {
      textSha256: createHash('sha256').update('the words of a test').digest('hex'),
      language,
      agreedAt: Date.now(),
      kioskId,
      purposes: options.purposes ?? ['make-film'],
      ofAgeOrGuardian: true,
    },
  })
  return keys
}

/** Announces a visit, sends its clip and keeps watching. Resolves once the clip is committed. */
export const sendVisitor = async (
  kiosk: Uploader,
  installation: Pick<Installation, 'kioskId' | 'url'>,
  options: VisitorOptions,
): Promise<Visitor> => {
  const { clip, ...announced } = options
  const { visitId, pickupToken } = await startVisit(kiosk, installation.kioskId, announced)
  const views: VisitView[] = []
  const states: VisitState[] = []
  const listeners = new Set<(view: VisitView) => void>()
  kiosk.watch(visitId, (view) => {
    views.push(view)
    if (states.at(-1) !== view.state) states.push(view.state)
    for (const listener of listeners) listener(view)
  })
  const source = typeof clip === 'string' ? new Uint8Array(await readFile(clip)) : clip
  await kiosk.send({ visitId, source, mime: 'application/octet-stream' })
  return {
    visitId,
    pickupToken,
    pickupUrl: `${installation.url}/v/${pickupToken}`,
    states,
    views,
    latest: () => views.at(-1),
    until: (wanted, timeoutMs = 120_000) =>
      new Promise((resolve, reject) => {
        const seen = views.findLast(wanted)
        if (seen) return resolve(seen)
        const timer = setTimeout(() => {
          listeners.delete(listener)
          reject(new Error(`the visit stands at ${JSON.stringify(views.at(-1))}`))
        }, timeoutMs)
        const listener = (view: VisitView) => {
          if (!wanted(view)) return
          clearTimeout(timer)
          listeners.delete(listener)
          resolve(view)
        }
        listeners.add(listener)
      }),
  }
}
