/** How a pickup token is looked up: by its hash, so that a stolen database opens no page. */
import { createHash } from 'node:crypto'
import type { PickupToken } from '@fanreel/protocol'

/** SHA-256 of the token's characters, in hex. */
export const pickupHashOf = (token: PickupToken): string => createHash('sha256').update(token).digest('hex')
