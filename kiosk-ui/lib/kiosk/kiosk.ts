/**
 * Everything of this kiosk that is no screen: the line to the orchestrator, the vault, the outbox, the worlds. One store
 * that screens subscribe to; it works with a dead network from what it was last told.
 */
import type { KioskWelcome, PickupToken, VisitId } from '@fanreel/protocol'
import type { CameraFault } from '../flow/flow-types.ts'
import { openPictureWatch, type PictureWatch } from '../guide/watch-picture.ts'
import { openClipVault } from '../outbox/clip-vault.ts'
import { watchDiskRoom } from '../outbox/disk-room.ts'
import type { ClipVault } from '../outbox/held-visit.ts'
import { createOutbox, type Outbox } from '../outbox/outbox.ts'
import { openWorld, type World } from '../packs/pack-shelf.ts'
import { connectUploader, type Uploader } from '../uploader/index.ts'
import { admissionOf, type KioskFacts, type KioskState, Terms, troubleOf } from './kiosk-state.ts'
import { becomeTheKiosk } from './one-page.ts'
import type { KioskSettings } from './settings.ts'

export type Kiosk = {
  readonly settings: KioskSettings
  readonly vault: ClipVault
  readonly outbox: Outbox
  readonly uploader: Uploader
  /** Looks at the live picture; where its networks do not load it stays silent, and recording begins by touch. */
  readonly pictures: PictureWatch
  getState(): KioskState
  subscribe(listener: () => void): () => void
  pickupUrl(token: PickupToken): string
  /** What became of the last attempt to open the camera. */
  noteCamera(fault: CameraFault | undefined): void
  /** Why the camera has no microphone; undefined where it has one. */
  noteSound(fault: CameraFault | undefined): void
  closeHere(closed: boolean): void
  stop(): void
}

/** Where the browser keeps that somebody has closed this kiosk at the kiosk. */
const CLOSED_HERE = 'fanreel-closed'

const remember = (key: string, terms: Terms): void => localStorage.setItem(key, JSON.stringify(terms))
const recall = (key: string): Terms | undefined => {
  const text = localStorage.getItem(key)
  if (!text) return undefined
  try {
    return Terms.safeParse(JSON.parse(text)).data
  } catch {
    // A browser's storage can be cut off in mid-word: the next welcome brings the terms again.
    return undefined
  }
}

/**
 * Starts the kiosk, once no other page of this browser is it.
 *
 * @param onOther called where another page is the kiosk, and this one has to wait
 * @throws DOMException where the browser grants no storage: then no clip could be kept safely
 * @throws DOMException `AbortError` when the signal is aborted while another page is the kiosk
 */
export const startKiosk = async (settings: KioskSettings, signal: AbortSignal, onOther: () => void): Promise<Kiosk> => {
  const giveWay = await becomeTheKiosk(signal, onOther)
  try {
    const vault = await openClipVault()
    // Whatever can throw comes before the line is opened: a start that is tried again leaves no socket behind.
    await vault.sweep()
    return openKiosk(settings, vault, giveWay)
  } catch (fault) {
    giveWay()
    throw fault
  }
}

const openKiosk = (settings: KioskSettings, vault: ClipVault, giveWay: () => void): Kiosk => {
  const { orchestratorUrl: url, eventId, kioskId, token, version } = settings
  const termsKey = `fanreel-terms:${eventId}`
  const stopping = new AbortController()
  const listeners = new Set<() => void>()
  const begin: KioskFacts = {
    connection: 'connecting',
    code: undefined,
    terms: recall(termsKey),
    worlds: [],
    outgoing: undefined,
    waiting: 0,
    room: undefined,
    cameraFault: undefined,
    soundFault: undefined,
    closedHere: localStorage.getItem(CLOSED_HERE) !== null,
  }
  let state: KioskState = { ...begin, admission: admissionOf(begin) }
  const change = (next: Partial<KioskFacts>) => {
    const merged = { ...state, ...next }
    state = { ...merged, admission: admissionOf(merged) }
    uploader.report(troubleOf(state))
    for (const listener of listeners) listener()
  }

  const worlds = new Map<string, World>()
  const stockShelf = async ({ packs, packKey }: Terms) => {
    for (const offer of packs) {
      if (worlds.get(offer.packHash)?.loop) continue
      const world = await openWorld(url, offer, packKey).catch(() => undefined)
      if (world) worlds.set(offer.packHash, world)
    }
    change({ worlds: packs.map(({ packHash }) => worlds.get(packHash)).filter((world) => world !== undefined) })
  }
  const learn = (welcome: KioskWelcome) => {
    const terms = Terms.parse(welcome)
    remember(termsKey, terms)
    change({ terms })
    void stockShelf(terms)
  }

  const uploader: Uploader = connectUploader({
    url,
    eventId,
    kioskId,
    token,
    version,
    holding: () => outbox.holding(),
    onRelease: (visitIds) => outbox.release(visitIds),
    onStatus: (status) => {
      if (state.terms) change({ terms: { ...state.terms, status } })
    },
    onClosed: (closed) => {
      // Told again and again: only what is new is news.
      if (!state.terms || state.terms.closed === closed) return
      const terms = { ...state.terms, closed }
      remember(termsKey, terms)
      change({ terms })
    },
    onConnection: (connection) => {
      change({ connection: connection.state, code: connection.state === 'offline' ? connection.code : undefined })
      if (connection.state !== 'online') return
      learn(connection.welcome)
      outbox.wake()
    },
  })
  let present: VisitId | undefined
  const outbox: Outbox = createOutbox({
    vault,
    uploader: () => uploader,
    onWaiting: (waiting) => {
      if (waiting !== state.waiting) change({ waiting })
    },
    onNews: (news) => {
      if (news.visitId === present) change({ outgoing: news })
    },
  })

  // biome-ignore lint/suspicious/noConsole: the only log a kiosk's browser has; it names a file, nobody's face
  const pictures = openPictureWatch((reason) => console.warn('kiosk: no guide in front of the camera', reason))

  if (state.terms) void stockShelf(state.terms)
  const stopRoom = watchDiskRoom((room) => change({ room }))
  // The next page begins when this one has let go of what it was sending.
  void outbox.run(stopping.signal).finally(giveWay)

  return {
    settings,
    vault,
    outbox: {
      ...outbox,
      put: (held) => {
        present = held.visit.visitId
        return outbox.put(held)
      },
    },
    uploader,
    pictures,
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    pickupUrl: (pickupToken) => `${state.terms?.pickupBase ?? `${url}/v/`}${pickupToken}`,
    noteCamera: (cameraFault) => {
      if (cameraFault !== state.cameraFault) change({ cameraFault })
    },
    noteSound: (soundFault) => {
      if (soundFault !== state.soundFault) change({ soundFault })
    },
    closeHere: (closedHere) => {
      if (closedHere) localStorage.setItem(CLOSED_HERE, 'yes')
      else localStorage.removeItem(CLOSED_HERE)
      change({ closedHere })
    },
    stop: () => {
      stopping.abort()
      stopRoom()
      pictures.close()
      uploader.close()
    },
  }
}
