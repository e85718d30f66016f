/** What an attempt at a film is given: its chance and its time. Pure. */
import { createHash } from 'node:crypto'
import type { Offer } from '@fanreel/protocol'

/** The seed of an attempt: the same for the same attempt, wherever it is made; another for the next, which must not fail alike (N15). */
export const seedOfAttempt = (seed: number, attempt: number): number =>
  attempt === 1 ? seed : createHash('sha256').update(`${seed}:${attempt}`).digest().readUInt32BE(0)

/** Left before the deadline for what comes after the film: its way to the store, and the orchestrator's own look. Milliseconds. */
const DELIVERY_MS = 30_000

/** How long the film may still take, `elapsedMs` after its offer: what the event allows from there on, and no longer than the render may live. */
export const msForFilm = ({ policy, deadlineMs }: Pick<Offer, 'policy' | 'deadlineMs'>, elapsedMs: number): number =>
  Math.max(0, Math.min(policy.finishWithinMs ?? Number.POSITIVE_INFINITY, deadlineMs - DELIVERY_MS) - elapsedMs)
