/** What the rest of the orchestrator asks of access control. */
import type { EventId } from '@fanreel/protocol'

/** Sealing with the event's key (AES-256-GCM): what is sealed here can be read by nobody who has only Redis. */
export type Sealer = {
  /** @param about bound to the ciphertext, e.g. `visitId:name`; opening needs the same */
  seal(plain: string, about: string): string
  /** @throws AppError `internal` where the seal does not fit */
  open(sealed: string, about: string): string
}

/** Signed addresses, each good for one method on one object until it expires. */
export type UrlSigner = {
  /** Answers a path with query, relative to the orchestrator's origin. */
  sign(grant: {
    method: 'GET' | 'PUT'
    key: string
    expiresAt: number
    put?: { bytes: number; sha256: string; mime: string }
  }): string
}

export type PeerKind = 'kiosk' | 'node' | 'operator'
/** Tokens of kiosks, nodes and operators; only their hashes are stored. */
export type PeerTokens = {
  /** Makes a token and stores its hash; the token itself is answered once and never again. */
  issue(eventId: EventId, kind: PeerKind, peerId: string): Promise<string>
  /** @throws AppError `unavailable` where nothing at all is known of the event; so does `holderOf` */
  check(eventId: EventId, kind: PeerKind, peerId: string, token: string): Promise<boolean>
  /** Whose token this is; undefined where it is nobody's. For peers that do not name themselves. */
  holderOf(eventId: EventId, kind: PeerKind, token: string): Promise<string | undefined>
  /** The token is worth nothing any more; every instance hears of it. */
  revoke(eventId: EventId, kind: PeerKind, peerId: string): Promise<void>
  /** Calls back with whoever is revoked; answers how to stop. */
  onRevoked(eventId: EventId, kind: PeerKind, listener: (peerId: string) => void): () => void
}
