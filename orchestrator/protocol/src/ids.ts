/** Identifiers, as they stand in keys, messages and paths. Each is short, printable and safe in a file name. */
import { z } from 'zod'

const slug = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/

/** The whole occasion, e.g. `milan-2026`. */
export const EventId = z.string().regex(slug)
/** One touchscreen station, e.g. `kiosk-3`. */
export const KioskId = z.string().regex(slug)
/** One GPU node process, e.g. `node-a`. */
export const NodeId = z.string().regex(slug)
/** One themed world, e.g. `figure-skating`. */
export const PackId = z.string().regex(slug)
/** One visitor's pass through a kiosk: a UUIDv7, made on the kiosk. */
export const VisitId = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
/** One attempt-bearing piece of render work: `visitId-rN`. */
export const RenderId = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}-r[1-9]\d{0,3}$/)
/** A node's proof of ownership: `eventId.nodeId.uuid`. Whoever shows it may extend, give back or complete the render. */
export const LeaseToken = z
  .string()
  .max(140)
  .regex(/^[a-z0-9-]+\.[a-z0-9-]+\.[0-9a-f-]{36}$/)
/** SHA-256 in lower-case hex. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/**
 * The key to a pickup page: 128 random bits in Crockford's base32 (26 characters, upper case, so that a QR code may
 * store them densely).
 */
export const PickupToken = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/)
/** Characters of short codes: without those that are taken for one another, and without vowels, so that none spells anything. */
export const PICKUP_CODE_CHARACTERS = 'CDFGHJKMNPQRTWXY34679'
/** The short code of a pickup page, as it is stored and compared; people read it as `CDFG-HJKM`. */
export const PickupCode = z.string().regex(new RegExp(`^[${PICKUP_CODE_CHARACTERS}]{8}$`))
/** The event's public key, by which packs are signed: Ed25519, base64 of its SPKI DER. */
export const PackKey = z.base64().min(40).max(200)
/** The secret a kiosk, node or operator was paired with: `eventId.secret`. */
export const AccessToken = z.string().min(20).max(200)

export type EventId = z.infer<typeof EventId>
export type KioskId = z.infer<typeof KioskId>
export type NodeId = z.infer<typeof NodeId>
export type PackId = z.infer<typeof PackId>
export type VisitId = z.infer<typeof VisitId>
export type RenderId = z.infer<typeof RenderId>
export type LeaseToken = z.infer<typeof LeaseToken>
export type PickupCode = z.infer<typeof PickupCode>
export type PickupToken = z.infer<typeof PickupToken>
