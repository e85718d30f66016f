/** The key to a pickup page, as the orchestrator keeps it: by its SHA-256, never as itself. */
import { createHash } from 'node:crypto'
import type { PickupToken } from '@fanreel/protocol'

/** SHA-256 of the token in lower-case hex: how a page finds its visit. */
export const pickupHashOf = (token: PickupToken): string => createHash('sha256').update(token).digest('hex')
